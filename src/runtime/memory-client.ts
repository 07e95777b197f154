import type {
  CallOptions,
  Client,
  DeleteOptions,
  ListOptions,
  MergePatch,
  ObjectList,
  WatchEvent,
  WatchOptions,
  WriteOptions,
} from './client.ts';
import type { Clock } from './clock.ts';
import { ApiError } from './errors.ts';
import { MemoryTable, nameIn, tooOld } from './memory-table.ts';
import { checkStatusPatch } from './merge-patch.ts';
import { completed, conflict, deleting, inBackground, invalid, patched } from './memory-write.ts';
import { type KubernetesObject, type ObjectName, type Resource, resourceName } from './object.ts';
import { orAborted } from './waiting.ts';

/** A call as a test sees it: in the log of calls, and in the hooks. */
export interface MemoryCall {
  readonly verb: keyof Client;
  readonly resource: Resource;
  /** Absent for list, watch, and create with generateName. */
  readonly name?: ObjectName;
  /** The object or patch. */
  readonly body?: unknown;
  readonly dryRun: boolean;
}

/** Answers a call with an error, where it returns (or throws) one. */
export type MemoryHook = (call: MemoryCall) => ApiError | undefined | Promise<ApiError | undefined>;

export interface MemoryOptions {
  clock: Clock;
  /** What the API server serves. With namespaces among them, namespaced objects need one that exists. */
  resources: readonly Resource[];
  /** In [0, 1), as `Math.random`: for uids and generated names. */
  random: () => number;
}

/**
 * The API server's in-memory twin, for tests. It behaves as the real one does in all that the
 * conformance suite asks; it has no admission, no schemas, and no controllers: nothing is ever
 * collected. Every resource has a status subresource and a generation.
 */
export class MemoryClient implements Client {
  /** Every call so far, in order. */
  readonly calls: MemoryCall[] = [];
  /** Asked before a call is carried out: an error refuses it, a promise that stays pending crashes the caller. */
  before: MemoryHook | undefined;
  /** Asked after a call was carried out: an error is a lost reply. */
  after: MemoryHook | undefined;
  /** Whether `sendInitialEvents` is served. */
  watchLists = true;
  /** The most objects that a page may have: one with more is refused as too long. */
  longestPage = Number.POSITIVE_INFINITY;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #tables: ReadonlyMap<string, MemoryTable>;
  readonly #pages = new Map<string, { rest: KubernetesObject[]; revision: string }>();
  #revision = 100;

  constructor({ clock, resources, random }: MemoryOptions) {
    this.#clock = clock;
    this.#random = random;
    this.#tables = new Map(resources.map((resource) => [resourceName(resource), new MemoryTable(resource)]));
  }

  /** Forgets all history: older resourceVersions and continue tokens are answered with 410 from now on. */
  compact(): void {
    this.#pages.clear();
    this.#revision++;
    for (const table of this.#tables.values()) table.compact(this.#revision);
  }

  /** Sends a bookmark to everyone who watches. */
  bookmark(): void {
    const event = { type: 'BOOKMARK', resourceVersion: String(this.#revision), initialEventsEnd: false } as const;
    for (const table of this.#tables.values()) table.broadcast(event);
  }

  /** Ends all watches, with an error where given. */
  endWatches(failure?: ApiError): void {
    for (const table of this.#tables.values()) table.endWatches(failure);
  }

  list(resource: Resource, options: ListOptions = {}): Promise<ObjectList> {
    return this.#call({ verb: 'list', resource, dryRun: false }, options, (table) => {
      const from = options.continue === undefined ? undefined : this.#pages.get(options.continue);
      if (options.continue !== undefined && !from) throw tooOld();
      const { rest, revision } = from ?? { rest: table.select(options), revision: String(this.#revision) };
      const limit = options.limit ?? rest.length;
      const page: ObjectList = { items: rest.slice(0, limit), resourceVersion: revision };
      if (page.items.length > this.longestPage) throw new ApiError('TooLong', 'the page is longer than is taken');
      if (rest.length <= limit) return page;
      const token = `page-${this.#pages.size + 1}-of-${revision}`;
      this.#pages.set(token, { rest: rest.slice(limit), revision });
      return { ...page, continue: token };
    });
  }

  async *watch(resource: Resource, options: WatchOptions): AsyncGenerator<WatchEvent, void> {
    const { table, watch } = await this.#call({ verb: 'watch', resource, dryRun: false }, options, (found) => {
      if (options.sendInitialEvents && !this.watchLists) throw invalid('sendInitialEvents', 'is not served');
      const since = options.sendInitialEvents ? undefined : Number(options.resourceVersion ?? this.#revision);
      return { table: found, watch: found.watch(options, since, this.#revision) };
    });
    watch.keepTime(this.#clock, () => String(this.#revision), options.timeoutSeconds);
    try {
      yield* watch.read(options.signal);
    } finally {
      table.close(watch);
    }
  }

  get(resource: Resource, name: ObjectName, options: CallOptions = {}): Promise<KubernetesObject> {
    return this.#call({ verb: 'get', resource, name, dryRun: false }, options, (table) => table.get(name));
  }

  create(resource: Resource, object: KubernetesObject, options: WriteOptions = {}): Promise<KubernetesObject> {
    const { dryRun = false } = options;
    const named = object.metadata.name === undefined ? {} : { name: nameIn(object) };
    return this.#call({ verb: 'create', resource, ...named, body: object, dryRun }, options, (table) => {
      this.#checkNamespace(resource, object.metadata.namespace);
      const complete = table.typed(completed(structuredClone(object), this.#clock.now(), this.#random));
      const name = nameIn(complete);
      if (table.find(name)) {
        throw new ApiError('AlreadyExists', `${resource.plural} "${name.name}" already exists`, { code: 409 });
      }
      return dryRun ? complete : this.#store(table, complete, false);
    });
  }

  patch(
    resource: Resource,
    name: ObjectName,
    patch: MergePatch,
    options: WriteOptions = {},
  ): Promise<KubernetesObject> {
    return this.#patch('patch', resource, name, patch, options);
  }

  patchStatus(
    resource: Resource,
    name: ObjectName,
    patch: MergePatch,
    options: WriteOptions = {},
  ): Promise<KubernetesObject> {
    return this.#patch('patchStatus', resource, name, patch, options);
  }

  delete(resource: Resource, name: ObjectName, options: DeleteOptions): Promise<KubernetesObject | undefined> {
    const { dryRun = false, uid } = options;
    return this.#call({ verb: 'delete', resource, name, dryRun }, options, (table) => {
      const found = table.get(name);
      if (found.metadata.uid !== uid) throw conflict(`uid: wanted ${uid}, found ${found.metadata.uid}`);
      const object = inBackground(found);
      const held = (object.metadata.finalizers ?? []).length > 0;
      if (dryRun) return held ? object : undefined;
      if (!held) {
        this.#store(table, object, true);
        return undefined;
      }
      const next = deleting(object, this.#clock.now());
      return next === found ? found : this.#store(table, next, false);
    });
  }

  #patch(
    verb: 'patch' | 'patchStatus',
    resource: Resource,
    name: ObjectName,
    patch: MergePatch,
    options: WriteOptions,
  ): Promise<KubernetesObject> {
    const { dryRun = false } = options;
    return this.#call({ verb, resource, name, body: patch, dryRun }, options, (table) => {
      if (verb === 'patchStatus') checkStatusPatch(patch);
      const object = table.get(name);
      const next = patched(object, structuredClone(patch), verb === 'patch' ? 'main' : 'status');
      if (dryRun || next === object) return next;
      const { deletionTimestamp, finalizers = [] } = next.metadata;
      if (deletionTimestamp === undefined || finalizers.length > 0) return this.#store(table, next, false);
      this.#store(table, next, true);
      return next; // with the version that it had
    });
  }

  /** Runs a call as the network would: later, with copies on either side, and with the hooks in between. */
  async #call<Result>(
    call: MemoryCall,
    { signal, fence }: CallOptions,
    answer: (table: MemoryTable) => Result,
  ): Promise<Result> {
    signal?.throwIfAborted();
    fence?.();
    this.calls.push(call);
    const refusal = await orAborted(Promise.resolve(this.before?.(call)), signal);
    if (refusal) throw refusal;
    const table = this.#tables.get(resourceName(call.resource));
    if (!table) throw new ApiError('NotFound', 'the server could not find the requested resource', { code: 404 });
    const result = answer(table);
    const loss = await orAborted(Promise.resolve(this.after?.(call)), signal);
    if (loss) throw loss;
    return call.verb === 'watch' ? result : structuredClone(result);
  }

  #store(table: MemoryTable, object: KubernetesObject, deleted: boolean): KubernetesObject {
    this.#revision++;
    const metadata = { ...object.metadata, resourceVersion: String(this.#revision) };
    const stored = { ...object, metadata };
    table.store(stored, this.#revision, deleted);
    return stored;
  }

  #checkNamespace({ namespaced }: Resource, namespace: string | undefined): void {
    if (!namespaced) return;
    if (!namespace) throw invalid('metadata.namespace', 'is required');
    const namespaces = this.#tables.get('namespaces');
    if (!namespaces) return;
    if (!namespaces.get({ name: namespace }).metadata.deletionTimestamp) return;
    const message = `namespace ${namespace} is being terminated`;
    throw new ApiError('Forbidden', message, { code: 403, causes: ['NamespaceTerminating'] });
  }
}
