import type { CallOptions, Client } from './client.ts';
import { ApiError } from './errors.ts';
import type { Term } from './term.ts';
import { withAny } from './waiting.ts';

/**
 * The client of one term as leader: once that is over nothing goes out by it any more, however long
 * whoever calls was stopped, and what is under way is given up, so that the work of the term can end.
 * Both reject as Unavailable. Only watching is open to everybody.
 */
export function fencedClient(client: Client, term: Pick<Term, 'holds' | 'lost'>): Client {
  async function fenced<T>(options: CallOptions | undefined, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (!term.holds()) throw new ApiError('Unavailable', 'not the leader: refused unsent');
    return withAny([options?.signal, term.lost], call);
  }

  return {
    watch: (resource, options) => client.watch(resource, options),
    list: (resource, options) => fenced(options, (signal) => client.list(resource, { ...options, signal })),
    get: (resource, name, options) => fenced(options, (signal) => client.get(resource, name, { ...options, signal })),
    create: (resource, object, options) =>
      fenced(options, (signal) => client.create(resource, object, { ...options, signal })),
    patch: (resource, name, patch, options) =>
      fenced(options, (signal) => client.patch(resource, name, patch, { ...options, signal })),
    patchStatus: (resource, name, patch, options) =>
      fenced(options, (signal) => client.patchStatus(resource, name, patch, { ...options, signal })),
    delete: (resource, name, options) =>
      fenced(options, (signal) => client.delete(resource, name, { ...options, signal })),
  };
}
