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
import { type Clock, systemClock } from './clock.ts';
import { eventOf, listOf, objectOf, remainderOf, senseless } from './http-body.ts';
import { Credentials, type Impersonation } from './http-credentials.ts';
import { pathOf, queryOf, selectionQuery } from './http-path.ts';
import { Transport } from './http-transport.ts';
import { loadKubeConfig } from './kubeconfig.ts';
import { readLines } from './lines.ts';
import { checkStatusPatch } from './merge-patch.ts';
import { apiVersionOf, type KubernetesObject, type ObjectName, type Resource } from './object.ts';

/** How long calls may take, in milliseconds. `list` is also for the beginning of a watch, `call` for all that is not named. */
export interface Timeouts {
  call: number;
  delete: number;
  list: number;
}

/**
 * Long enough for a server under load. Deletes take things back, have no body worth the name and
 * can be repeated: given up early, they are soon tried again over another connection when packets
 * were dropped and the one they went out on is frozen.
 */
const TIMEOUTS: Timeouts = { call: 10_000, delete: 3_000, list: 30_000 };

/** The longest event of a watch, in bytes. API servers take no object above 3 MiB. */
const LONGEST_EVENT = 16 * 1024 * 1024;

export interface ConnectOptions {
  /** A file, of which its current context counts. Without one, what Kubernetes mounts into every pod. */
  kubeconfig?: string | undefined;
  impersonate?: Impersonation | undefined;
  clock?: Clock | undefined;
  /** As which program the server's audit log shows it: `name/version`. Nothing is said where it is not given. */
  userAgent?: string | undefined;
  /** Told the server's clock, in whole seconds, with every answer that has a new one: see `ServerClock`. */
  onServerDate?: ((date: Date) => void) | undefined;
}

/**
 * A client for the cluster of a kubeconfig. Rejects with an Error that says what is wrong with the
 * kubeconfig; whether the cluster can be reached shows with the first call.
 *
 * @example
 * const clock = new ServerClock(systemClock);
 * const client = await connect({ kubeconfig: 'admin.kubeconfig', onServerDate: (date) => clock.learn(date) });
 */
export async function connect(options: ConnectOptions): Promise<HttpClient> {
  const { server, proxy, ...login } = await loadKubeConfig(options.kubeconfig);
  const clock = options.clock ?? systemClock;
  const credentials = new Credentials(login, clock, options.impersonate);
  const onServerDate = options.onServerDate ?? (() => undefined);
  return new HttpClient(
    new Transport({ server, proxy, credentials, clock, userAgent: options.userAgent, onServerDate }),
    TIMEOUTS,
  );
}

/**
 * The client of a real API server: raw JSON over pooled HTTP/1.1 connections. client-node reads
 * kubeconfigs and certificates only: its own calls open a connection each, and its serializers drop fields that
 * they do not know.
 */
export class HttpClient implements Client {
  readonly #transport: Transport;
  readonly #timeouts: Timeouts;

  constructor(transport: Transport, timeouts: Timeouts) {
    this.#transport = transport;
    this.#timeouts = timeouts;
  }

  /** Breaks every connection; what is under way rejects. */
  async close(): Promise<void> {
    await this.#transport.close();
  }

  async list(resource: Resource, options: ListOptions = {}): Promise<ObjectList> {
    const { limit, continue: token, signal, lane, fence } = options;
    const query = queryOf({ ...selectionQuery(options), limit, continue: token });
    const path = pathOf(resource, spaceOf(options)) + query;
    return listOf(
      resource,
      await this.#transport.call({ method: 'GET', path, timeout: this.#timeouts.list, signal, lane, fence }),
    );
  }

  async *watch(resource: Resource, options: WatchOptions): AsyncGenerator<WatchEvent, void> {
    const { resourceVersion, timeoutSeconds, signal, fence } = options;
    const query = queryOf({
      ...selectionQuery(options),
      ...(options.sendInitialEvents && { sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan' }),
      watch: true,
      allowWatchBookmarks: true,
      resourceVersion,
      timeoutSeconds,
    });
    const path = pathOf(resource, spaceOf(options)) + query;
    const bytes = this.#transport.stream({ method: 'GET', path, timeout: this.#timeouts.list, signal, fence });
    for await (const line of readLines(bytes, LONGEST_EVENT, senseless)) yield eventOf(line);
  }

  async get(resource: Resource, name: ObjectName, options: CallOptions = {}): Promise<KubernetesObject> {
    const { signal, lane, fence } = options;
    const path = pathOf(resource, name);
    return objectOf(
      await this.#transport.call({ method: 'GET', path, timeout: this.#timeouts.call, signal, lane, fence }),
    );
  }

  async create(resource: Resource, object: KubernetesObject, options: WriteOptions = {}): Promise<KubernetesObject> {
    const path = pathOf(resource, spaceOf(object.metadata));
    const body = { ...object, apiVersion: apiVersionOf(resource), kind: resource.kind };
    return objectOf(await this.#write('POST', path, body, options));
  }

  async patch(
    resource: Resource,
    name: ObjectName,
    patch: MergePatch,
    options: WriteOptions = {},
  ): Promise<KubernetesObject> {
    return objectOf(await this.#write('PATCH', pathOf(resource, name), patch, options));
  }

  async patchStatus(
    resource: Resource,
    name: ObjectName,
    patch: MergePatch,
    options: WriteOptions = {},
  ): Promise<KubernetesObject> {
    checkStatusPatch(patch);
    return objectOf(await this.#write('PATCH', pathOf(resource, name, 'status'), patch, options));
  }

  async delete(resource: Resource, name: ObjectName, options: DeleteOptions): Promise<KubernetesObject | undefined> {
    const { uid, dryRun, signal, lane = 'urgent', fence } = options;
    // Where a DELETE has a body, the API server overlooks the query: a dry run asked for there would delete.
    const body = { propagationPolicy: 'Background', preconditions: { uid }, ...(dryRun && { dryRun: ['All'] }) };
    const path = pathOf(resource, name);
    return remainderOf(
      await this.#transport.call({ method: 'DELETE', path, body, timeout: this.#timeouts.delete, signal, lane, fence }),
    );
  }

  #write(method: 'POST' | 'PATCH', path: string, body: unknown, options: WriteOptions): Promise<unknown> {
    const { dryRun, signal, lane, fence } = options;
    const query = queryOf({ dryRun: dryRun ? 'All' : undefined });
    return this.#transport.call({
      method,
      path: path + query,
      body,
      timeout: this.#timeouts.call,
      signal,
      lane,
      fence,
    });
  }
}

/** The namespace alone: where a collection is. */
function spaceOf({ namespace }: { namespace?: string }): { namespace?: string } {
  return namespace ? { namespace } : {};
}
