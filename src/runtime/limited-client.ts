import type { CallOptions, Client } from './client.ts';
import { isApiError } from './errors.ts';
import type { RateLimit } from './rate-limit.ts';

/**
 * The client, with calls held to a limit, each in its lane; the urgent ones, and so the deletes that
 * name no other lane, go past it. What waits or is refused here has not been sent. Watches are not
 * held: see `patientSource`.
 */
export function limitedClient(client: Client, limit: Pick<RateLimit, 'admit' | 'heed'>): Client {
  async function limited<T>({ lane = 'normal', signal }: CallOptions, call: () => Promise<T>): Promise<T> {
    await limit.admit(lane, signal);
    try {
      return await call();
    } catch (error) {
      if (isApiError(error)) limit.heed(error);
      throw error;
    }
  }

  return {
    list: (resource, options = {}) => limited(options, () => client.list(resource, options)),
    watch: (resource, options) => client.watch(resource, options),
    get: (resource, name, options = {}) => limited(options, () => client.get(resource, name, options)),
    create: (resource, object, options = {}) => limited(options, () => client.create(resource, object, options)),
    patch: (resource, name, patch, options = {}) =>
      limited(options, () => client.patch(resource, name, patch, options)),
    patchStatus: (resource, name, patch, options = {}) =>
      limited(options, () => client.patchStatus(resource, name, patch, options)),
    delete: (resource, name, options) =>
      limited({ lane: 'urgent', ...options }, () => client.delete(resource, name, options)),
  };
}
