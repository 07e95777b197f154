import type { CallOptions, Client } from './client.ts';
import { ApiError } from './errors.ts';
import type { Term } from './term.ts';
import { withAny } from './waiting.ts';

/** What calls need of their term. */
export type Fence = Pick<Term, 'holds' | 'lost' | 'during'>;

/**
 * The client of one term as leader: once that is over nothing goes out by it any more, wherever on
 * the way whoever calls was stopped, and what is under way is given up, so that the work of the term
 * can end. Both reject as Unavailable. Only watching is open to everybody.
 */
export function fencedClient(client: Client, term: Fence): Client {
  function check(): void {
    if (!term.holds()) throw new ApiError('Unavailable', 'not the leader: refused unsent');
  }

  async function fenced<T>(
    options: CallOptions | undefined,
    call: (own: Required<Pick<CallOptions, 'signal' | 'fence'>>) => Promise<T>,
  ): Promise<T> {
    check(); // before it waits for anything; and again at the end of the way
    const fence = () => {
      options?.fence?.();
      check();
    };
    return term.during(() => withAny([options?.signal, term.lost], (signal) => call({ signal, fence })));
  }

  return {
    watch: (resource, options) => client.watch(resource, options),
    list: (resource, options) => fenced(options, (own) => client.list(resource, { ...options, ...own })),
    get: (resource, name, options) => fenced(options, (own) => client.get(resource, name, { ...options, ...own })),
    create: (resource, object, options) =>
      fenced(options, (own) => client.create(resource, object, { ...options, ...own })),
    patch: (resource, name, patch, options) =>
      fenced(options, (own) => client.patch(resource, name, patch, { ...options, ...own })),
    patchStatus: (resource, name, patch, options) =>
      fenced(options, (own) => client.patchStatus(resource, name, patch, { ...options, ...own })),
    delete: (resource, name, options) =>
      fenced(options, (own) => client.delete(resource, name, { ...options, ...own })),
  };
}
