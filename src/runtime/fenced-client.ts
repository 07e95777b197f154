import type { Client, WriteOptions } from './client.ts';
import { ApiError } from './errors.ts';
import type { Term } from './term.ts';
import { withAny } from './waiting.ts';

/**
 * The client of one term as leader: once that is over it writes nothing any more, however long
 * whoever calls was stopped, and gives up what is under way. Both reject as Unavailable. Reading
 * and dry runs are open to everybody.
 */
export function fencedClient(client: Client, term: Pick<Term, 'holds' | 'lost'>): Client {
  async function fenced<T>(options: WriteOptions | undefined, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const fence = options?.dryRun ? undefined : term;
    if (fence && !fence.holds()) throw new ApiError('Unavailable', 'not the leader: refused unsent');
    return withAny([options?.signal, fence?.lost], call);
  }

  return {
    list: (resource, options) => client.list(resource, options),
    watch: (resource, options) => client.watch(resource, options),
    get: (resource, name, options) => client.get(resource, name, options),
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
