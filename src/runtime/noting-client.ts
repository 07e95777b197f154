import type { CallOptions, Client, WriteOptions } from './client.ts';
import type { Clock } from './clock.ts';
import { isApiError } from './errors.ts';
import {
  type KubernetesObject,
  keyOf,
  type ObjectMeta,
  type ObjectName,
  type Resource,
  resourceName,
} from './object.ts';
import { within } from './waiting.ts';

/** How long a caller is kept for that read, in milliseconds. Whatever it shows later is noted all the same. */
const LONGEST_READ = 1_000;

/** The part of a `Store` that own writes go to. */
export interface NotingStore {
  readonly resource: Resource;
  get(key: string): { readonly metadata: { readonly uid?: string } } | undefined;
  /** Leaves the object as it is: it is also the caller's. */
  note(object: KubernetesObject): void;
  noteDeleted(uid: string): void;
}

/**
 * The client, with the replies to its writes noted in the store of their resource, where one of
 * `stores` is: a reconcile that follows a write sees it, however far the watch lags behind. Dry
 * runs leave no trace.
 *
 * Where the reply to a create or a patch is lost, one read shows what is there now, and that is
 * noted: who tries again starts from it, though the watch may have broken by the same fault. Where
 * nothing is there, what the patch was about is gone: the patch may have taken its last finalizer
 * off. A delete needs no read; done again, it finds nothing.
 */
export function notingClient(client: Client, stores: Iterable<NotingStore>, clock: Clock): Client {
  const byResource = new Map(Array.from(stores, (store) => [resourceName(store.resource), store]));
  const storeOf = (resource: Resource, { dryRun }: WriteOptions) =>
    dryRun ? undefined : byResource.get(resourceName(resource));

  async function noted(
    store: NotingStore | undefined,
    write: () => Promise<KubernetesObject>,
    read: () => Promise<KubernetesObject | undefined>,
    patched?: ObjectName,
  ): Promise<KubernetesObject> {
    const before = patched && store?.get(keyOf(patched))?.metadata.uid;
    try {
      const written = await write();
      if (isGone(written.metadata)) store?.noteDeleted(written.metadata.uid ?? '');
      else store?.note(written);
      return written;
    } catch (error) {
      if (store && isApiError(error) && error.maybeDone) {
        const noting = read().then(
          (found) => found && store.note(found),
          (failure: unknown) => before && isApiError(failure, 'NotFound') && store.noteDeleted(before),
        );
        await within(
          noting.catch(() => undefined),
          LONGEST_READ,
          clock,
        );
      }
      throw error;
    }
  }

  /** What bears the name of `object` now; undefined where that is no match, and may be outside of what the store holds. */
  async function find(resource: Resource, { metadata }: KubernetesObject, options: CallOptions) {
    const { namespace, name, labels = {} } = metadata;
    if (name === undefined) return undefined;
    const found = await client.get(resource, namespace === undefined ? { name } : { namespace, name }, options);
    const matches = Object.entries(labels).every(([label, value]) => found.metadata.labels?.[label] === value);
    return matches ? found : undefined;
  }

  return {
    list: (resource, options) => client.list(resource, options),
    watch: (resource, options) => client.watch(resource, options),
    get: (resource, name, options) => client.get(resource, name, options),
    create: (resource, object, options = {}) =>
      noted(
        storeOf(resource, options),
        () => client.create(resource, object, options),
        () => find(resource, object, options),
      ),
    patch: (resource, name, patch, options = {}) =>
      noted(
        storeOf(resource, options),
        () => client.patch(resource, name, patch, options),
        () => client.get(resource, name, options),
        name,
      ),
    patchStatus: (resource, name, patch, options = {}) =>
      noted(
        storeOf(resource, options),
        () => client.patchStatus(resource, name, patch, options),
        () => client.get(resource, name, options),
        name,
      ),
    async delete(resource, name, options) {
      const store = storeOf(resource, options);
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

/**
 * Whether an object is gone with the write that this is the reply to: it took the last finalizer off
 * what was being deleted. The version in the reply is the one before.
 */
function isGone({ deletionTimestamp, deletionGracePeriodSeconds = 0, finalizers = [] }: ObjectMeta): boolean {
  return deletionTimestamp !== undefined && deletionGracePeriodSeconds === 0 && finalizers.length === 0;
}
