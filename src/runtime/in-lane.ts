import type { Client } from './client.ts';
import type { Lane } from './lanes.ts';

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
