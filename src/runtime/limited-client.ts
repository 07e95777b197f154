import type { CallOptions, Client } from './client.ts';
import { isApiError } from './errors.ts';
import type { Lane } from './lanes.ts';
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

/** The client, with all calls in one lane, that of the key that is worked on; but deletes stay in theirs. */
export function inLane(client: Client, lane: Lane): Client {
  return {
    list: (resource, options) => client.list(resource, { ...options, lane }),
    watch: (resource, options) => client.watch(resource, options),
    get: (resource, name, options) => client.get(resource, name, { ...options, lane }),
    create: (resource, object, options) => client.create(resource, object, { ...options, lane }),
    patch: (resource, name, patch, options) => client.patch(resource, name, patch, { ...options, lane }),
    patchStatus: (resource, name, patch, options) => client.patchStatus(resource, name, patch, { ...options, lane }),
    delete: (resource, name, options) => client.delete(resource, name, options),
  };
}
