import type { Client } from './client.ts';
import { isApiError } from './errors.ts';
import type { KubernetesObject, Resource } from './object.ts';

/** The part of a `Store` that own writes go to. */
export interface NotingStore {
  readonly resource: Resource;
  note(object: KubernetesObject): void;
  noteDeleted(uid: string): void;
}

/**
 * The client, with the replies to its writes noted in the store of their resource, where one of
 * `stores` is: a reconcile that follows a write sees it, however far the watch lags behind. Dry
 * runs leave no trace.
 */
export function notingClient(client: Client, stores: Iterable<NotingStore>): Client {
  const byResource = new Map(Array.from(stores, (store) => [idOf(store.resource), store]));
  const storeOf = (resource: Resource) => byResource.get(idOf(resource));

  return {
    list: (resource, options) => client.list(resource, options),
    watch: (resource, options) => client.watch(resource, options),
    get: (resource, name, options) => client.get(resource, name, options),
    async create(resource, object, options) {
      const created = await client.create(resource, object, options);
      if (!options?.dryRun) storeOf(resource)?.note(created);
      return created;
    },
    async patch(resource, name, patch, options) {
      const patched = await client.patch(resource, name, patch, options);
      if (!options?.dryRun) storeOf(resource)?.note(patched);
      return patched;
    },
    async patchStatus(resource, name, patch, options) {
      const patched = await client.patchStatus(resource, name, patch, options);
      if (!options?.dryRun) storeOf(resource)?.note(patched);
      return patched;
    },
    async delete(resource, name, options) {
      const store = options.dryRun ? undefined : storeOf(resource);
      try {
        const left = await client.delete(resource, name, options);
        if (left) store?.note(left);
        else store?.noteDeleted(options.uid);
        return left;
      } catch (error) {
        if (isApiError(error, 'NotFound')) store?.noteDeleted(options.uid);
        throw error;
      }
    },
  };
}

function idOf({ plural, group }: Resource): string {
  return `${plural}.${group}`;
}
