import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import type { Client } from '../../src/runtime/client.ts';
import { configMaps, objectIn } from '../../src/runtime/conformance-subject.ts';
import { Health } from '../../src/runtime/health.ts';
import { connect, type HttpClient } from '../../src/runtime/http-client.ts';
import { type KubernetesObject, keyOf } from '../../src/runtime/object.ts';
import { patientSource } from '../../src/runtime/patient-source.ts';
import { RateLimit } from '../../src/runtime/rate-limit.ts';
import { Reflector } from '../../src/runtime/reflector.ts';
import { Store } from '../../src/runtime/store.ts';
import { settle, TestClock } from '../../src/runtime/test-clock.ts';
import { testLog } from '../../src/runtime/test-log.ts';
import { sharedControlPlane } from '../support/shared.ts';
import { newNamespace } from './cluster.ts';
import { FaultyServer } from './faulty-server.ts';

/** Within this long, in milliseconds, a watch that failed is tried again; twice as long after a second failure. */
export const FIRST_PAUSE = 200;
/** A watch that held for this long has made up for all failures before it. */
export const HEALTHY = 60_000;
/** However often it has failed, within this. */
export const LONGEST_PAUSE = 5_000;
/** How long the beginning of a watch, or a page of a list, may take. */
export const BEGINNING = 30_000;
/** Without a sign of life for this long a connection counts as dead. */
export const SILENCE = 180_000;

/** Real time in which what takes no time has to happen. */
const PATIENCE = { timeout: 30_000, interval: 5 };

/** A store of the ConfigMaps of a new namespace, kept by a reflector behind a server that fails when it is told to. */
export class FaultyReflection implements AsyncDisposable {
  readonly namespace: string;
  readonly server: FaultyServer;
  readonly client: HttpClient;
  /** Stands still until a test moves it: so what comes about without that takes no time at all. */
  readonly clock: TestClock;
  readonly store: Store<KubernetesObject>;
  readonly #reflector: Reflector;
  readonly #admin: HttpClient;
  readonly #end = new AbortController();
  readonly #running: Promise<void>;
  readonly #lines: ReturnType<typeof testLog>['lines'];
  /** How many calls and watches of {@link counted} clients have begun and not ended. */
  #underWay = 0;

  private constructor(
    admin: HttpClient,
    namespace: string,
    server: FaultyServer,
    client: HttpClient,
    clock: TestClock,
  ) {
    const { log, lines } = testLog();
    const store = new Store({ resource: configMaps, read: (object: KubernetesObject) => object, log });
    const options = { resource: configMaps, selection: { namespace }, store, clock, random: () => 0, log };
    this.#admin = admin;
    this.namespace = namespace;
    this.server = server;
    this.client = client;
    this.clock = clock;
    this.store = store;
    this.#lines = lines;
    const source = patientSource(this.counted(client), new RateLimit(clock));
    this.#reflector = new Reflector({ client: source, health: new Health(), ...options });
    this.#running = this.#reflector.run(this.#end.signal);
  }

  /** Resolves once the store holds everything. `admin` goes past the server that fails. */
  static async start(admin: HttpClient, { watchLists = true } = {}): Promise<FaultyReflection> {
    const behind = sharedControlPlane();
    const server = await FaultyServer.start(behind);
    server.watchLists = watchLists;
    const folder = await mkdtemp(join(tmpdir(), 'faults-'));
    const kubeconfig = join(folder, 'kubeconfig');
    await writeFile(kubeconfig, await server.kubeconfig(behind), { mode: 0o600 });
    const clock = new TestClock(new Date().toISOString());
    const client = await connect({ kubeconfig, clock });
    await rm(folder, { recursive: true });
    const reflection = new FaultyReflection(admin, await newNamespace(admin), server, client, clock);
    await reflection.until(() => reflection.#reflector.hasSynced);
    return reflection;
  }

  /** Ends all, and sees that whatever went wrong on the way, nothing is left of it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    await this.#running;
    // Before the client closes its connections, which would end what was forgotten too.
    await soon('calls and watches are still open', () => this.server.open === 0);
    await this.client.close();
    await soon('connections are still open', () => this.server.connections === 0);
    await settle();
    if (this.clock.timers > 0) throw new Error(`${this.clock.timers} timers are still set`);
    await this.server[Symbol.asyncDispose]();
  }

  /** A client whose calls and watches count as under way: for what is done while time passes by `rest` or `until`. */
  counted(client: Client): Client {
    const begin = (): void => void (this.#underWay += 1);
    const end = (): void => void (this.#underWay -= 1);
    const call = <T>(under: Promise<T>): Promise<T> => {
      begin();
      return under.finally(end);
    };
    return {
      list: (...args) => call(client.list(...args)),
      async *watch(...args) {
        begin();
        try {
          yield* client.watch(...args);
        } finally {
          end();
        }
      },
      get: (...args) => call(client.get(...args)),
      create: (...args) => call(client.create(...args)),
      patch: (...args) => call(client.patch(...args)),
      patchStatus: (...args) => call(client.patchStatus(...args)),
      delete: (...args) => call(client.delete(...args)),
    };
  }

  /** Creates an object past the faulty server. */
  async create(name: string): Promise<void> {
    await this.#admin.create(configMaps, objectIn(this.namespace, name));
  }

  /** Resolves once the store has it. */
  shows(name: string): Promise<void> {
    const key = keyOf({ namespace: this.namespace, name });
    return soon(`the store lacks ${key}`, () => this.store.get(key) !== undefined);
  }

  /** What failed of the reflector's, as the log has it. */
  failures(): string[] {
    const all = this.#lines.map(({ msg }) => msg);
    return all.filter((msg) => msg.startsWith('watch failed') || msg.includes('behind'));
  }

  /** Resolves once so many watches have failed, and the pause after the last has begun. */
  failed(count: number): Promise<void> {
    return soon(`not ${count} watches have failed`, () => this.failures().length === count);
  }

  /** Lets everything happen that takes no time, and then pass what has to, until the next timer at the most. */
  async step(): Promise<void> {
    await settle(); // as in `until`
    await soon('something goes on', () => this.#rests);
    if (this.#waits) await this.clock.advance(this.clock.nextTimer ?? 0);
  }

  /** Lets time pass until this holds, but never while anything goes on that takes none. */
  async until(holds: () => boolean): Promise<void> {
    for (;;) {
      await settle(); // what has begun and not come to its call yet is no pause
      await soon('nothing has come of it', () => holds() || (this.#rests && this.#waits));
      if (holds()) return;
      await this.clock.advance(this.clock.nextTimer ?? 0);
    }
  }

  /** Whether both sides agree on what is open, and the server is at work on none of it. */
  get #rests(): boolean {
    return this.#underWay === this.server.open && this.server.count('working') === 0;
  }

  /** Whether only time helps: there is a pause, or the server says nothing. */
  get #waits(): boolean {
    return this.server.open === 0 || this.server.count('silent') > 0;
  }
}

/** Resolves once this holds, in real time. @throws Error with this message where it does not in the end */
function soon(otherwise: string, holds: () => boolean): Promise<void> {
  return vi.waitFor(() => {
    if (!holds()) throw new Error(otherwise);
  }, PATIENCE);
}
