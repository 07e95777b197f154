import type { Lane } from './lanes.ts';
import type { KubernetesObject, ObjectName, Resource } from './object.ts';

/**
 * All that is ever asked of an API server. Two implementations, `HttpClient` and
 * `MemoryClient`, pass one conformance suite, so that what is tested on the second holds on the
 * first. Every method rejects with an `ApiError` (errors.ts) and with nothing else, save for the
 * signal's own reason when the caller aborts.
 */
export interface Client {
  /** One page of a list; `continue` on the page asks for the next. TooLong where it is to have fewer objects: see `pages`. */
  list(resource: Resource, options?: ListOptions): Promise<ObjectList>;
  /**
   * Events from `resourceVersion` on, until the server ends the stream (the iteration returns) or
   * breaks it (it throws). An in-stream `ERROR` event is thrown as the `ApiError` it describes.
   */
  watch(resource: Resource, options: WatchOptions): AsyncIterable<WatchEvent>;
  get(resource: Resource, name: ObjectName, options?: CallOptions): Promise<KubernetesObject>;
  create(resource: Resource, object: KubernetesObject, options?: WriteOptions): Promise<KubernetesObject>;
  /**
   * A JSON merge patch (RFC 7386) of everything but `status`. `metadata.uid` and
   * `metadata.resourceVersion` in the patch are preconditions: Conflict where they do not hold.
   */
  patch(resource: Resource, name: ObjectName, patch: MergePatch, options?: WriteOptions): Promise<KubernetesObject>;
  /**
   * The same for the `status` subresource: nothing but `status` changes. The API server overlooks a
   * uid here: name `resourceVersion` too, or the patch is refused as Invalid unsent.
   */
  patchStatus(
    resource: Resource,
    name: ObjectName,
    patch: MergePatch,
    options?: WriteOptions,
  ): Promise<KubernetesObject>;
  /**
   * Always with Background propagation: the default for Jobs orphans what they own. Resolves to
   * the object as it stays behind when finalizers hold it, to undefined when it is gone.
   */
  delete(resource: Resource, name: ObjectName, options: DeleteOptions): Promise<KubernetesObject | undefined>;
}

export type MergePatch = Readonly<Record<string, unknown>>;

export interface CallOptions {
  /** Ends the call; it then rejects with the signal's reason. */
  signal?: AbortSignal;
  /** How pressing it is, where calls have to wait for each other, for a connection or by `RateLimit`. `normal` where not given. */
  lane?: Lane;
  /**
   * Asked right before the call goes out, after all that it may have to wait for: credentials, a
   * connection, its turn on that one. What it throws refuses the call, unsent.
   */
  fence?: () => void;
}

export interface WriteOptions extends CallOptions {
  /** The server runs admission and validation, and stores nothing. */
  dryRun?: boolean;
}

/** `lane` is `urgent` where not given, unlike that of other calls: most deletes take something back. */
export interface DeleteOptions extends WriteOptions {
  /** Precondition: Conflict if another object now bears the name. Never delete by name alone. */
  uid: string;
}

export interface Selection {
  namespace?: string;
  labelSelector?: string;
}

export interface ListOptions extends CallOptions, Selection {
  limit?: number;
  continue?: string;
}

/** A watch waits for no other call, and has no lane. */
export interface WatchOptions extends Omit<CallOptions, 'lane'>, Selection {
  /** Where to start; absent with `sendInitialEvents`, which starts with all that exists. */
  resourceVersion?: string;
  /** WatchList (KEP-3157): everything that exists as ADDED, then a bookmark with `initialEventsEnd`. */
  sendInitialEvents?: boolean;
  /** When the server is to end the stream, in seconds. */
  timeoutSeconds?: number;
}

export interface ObjectList {
  items: KubernetesObject[];
  resourceVersion: string;
  continue?: string;
}

export type WatchEvent =
  | { type: 'ADDED' | 'MODIFIED' | 'DELETED'; object: KubernetesObject }
  /** Nothing of interest changed up to here; `initialEventsEnd` closes the first part of a WatchList. */
  | { type: 'BOOKMARK'; resourceVersion: string; initialEventsEnd: boolean };
