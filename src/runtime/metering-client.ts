import type { Client, WatchEvent, WatchOptions } from './client.ts';
import type { Clock } from './clock.ts';
import { isApiError } from './errors.ts';
import type { RuntimeMetrics } from './metrics.ts';
import type { Resource } from './object.ts';

/**
 * The client, with each call counted and timed; what the caller gave up is not. A watch counts when
 * it ends, by how it ended (200 in good order), so that there are as many as were started again.
 */
export function meteringClient(
  client: Client,
  { clock, metrics }: { clock: Pick<Clock, 'monotonic'>; metrics: Pick<RuntimeMetrics, 'called' | 'watchEnded'> },
): Client {
  async function metered<T>(verb: string, resource: Resource, call: () => Promise<T>): Promise<T> {
    const begun = clock.monotonic();
    const tell = (code: number): void => metrics.called(verb, resource, code, clock.monotonic() - begun);
    try {
      const answer = await call();
      tell(verb === 'create' ? 201 : 200);
      return answer;
    } catch (error) {
      if (isApiError(error)) tell(error.code);
      throw error;
    }
  }

  async function* watched(resource: Resource, options: WatchOptions): AsyncGenerator<WatchEvent, void> {
    try {
      yield* client.watch(resource, options);
      metrics.watchEnded(resource, 200);
    } catch (error) {
      if (isApiError(error)) metrics.watchEnded(resource, error.code);
      throw error;
    }
  }

  return {
    list: (resource, options) => metered('list', resource, () => client.list(resource, options)),
    watch: watched,
    get: (resource, name, options) => metered('get', resource, () => client.get(resource, name, options)),
    create: (resource, object, options) => metered('create', resource, () => client.create(resource, object, options)),
    patch: (resource, name, patch, options) =>
      metered('patch', resource, () => client.patch(resource, name, patch, options)),
    patchStatus: (resource, name, patch, options) =>
      metered('patchStatus', resource, () => client.patchStatus(resource, name, patch, options)),
    delete: (resource, name, options) => metered('delete', resource, () => client.delete(resource, name, options)),
  };
}
