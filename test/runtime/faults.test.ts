import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { configMaps, identityOf, objectIn } from '../../src/runtime/conformance-subject.ts';
import { connect, type HttpClient } from '../../src/runtime/http-client.ts';
import { Health } from '../../src/runtime/health.ts';
import { type KubernetesObject, keyOf } from '../../src/runtime/object.ts';
import { limitedClient } from '../../src/runtime/limited-client.ts';
import { notingClient } from '../../src/runtime/noting-client.ts';
import { RateLimit } from '../../src/runtime/rate-limit.ts';
import { Reflector } from '../../src/runtime/reflector.ts';
import { Store } from '../../src/runtime/store.ts';
import { settle, TestClock } from '../../src/runtime/test-clock.ts';
import { testLog } from '../../src/runtime/test-log.ts';
import { testRandom } from '../../src/runtime/test-random.ts';
import { sharedControlPlane } from '../support/shared.ts';
import { connectAsAdmin, newNamespace } from './cluster.ts';
import { type CallFault, FaultyServer, type StreamFault } from './faulty-server.ts';

/** Within this long, in milliseconds, a watch that failed is tried again; twice as long after a second failure. */
const FIRST_PAUSE = 200;
/** How long the beginning of a watch may take. */
const BEGINNING = 30_000;
/** How long a call may take. */
const CALL = 10_000;
/** Without a sign of life for this long a connection counts as dead. */
const SILENCE = 180_000;

/** Real time in which what takes no time has to happen. */
const PATIENCE = { timeout: 30_000, interval: 5 };

let folder: string;
let admin: HttpClient;
let namespace: string;
let server: FaultyServer;
let client: HttpClient;
/** Stands still until a test moves it: so what comes about without that takes no time at all. */
let clock: TestClock;
let store: Store<KubernetesObject>;
let stop: () => Promise<void>;
let failures: () => string[];

beforeAll(async () => {
  admin = await connectAsAdmin();
  folder = await mkdtemp(join(tmpdir(), 'faults-'));
});

afterAll(async () => {
  await admin.close();
  await rm(folder, { recursive: true });
});

beforeEach(async () => {
  const behind = sharedControlPlane();
  namespace = await newNamespace(admin);
  server = await FaultyServer.start(behind);
  const kubeconfig = join(folder, namespace);
  await writeFile(kubeconfig, await server.kubeconfig(behind), { mode: 0o600 });
  clock = new TestClock(new Date().toISOString());
  client = await connect({ kubeconfig, clock });
  const { log, lines } = testLog();
  store = new Store({ resource: configMaps, read: (object) => object, log });
  const selection = { namespace };
  const options = { resource: configMaps, selection, store, clock, random: () => 0, log, health: new Health() };
  const reflector = new Reflector({ client, ...options });
  const end = new AbortController();
  const running = reflector.run(end.signal);
  stop = async () => {
    end.abort();
    await running;
  };
  failures = () =>
    lines.map(({ msg }) => msg).filter((msg) => msg.startsWith('watch failed') || msg.includes('behind'));
  await reflector.synced;
});

afterEach(async () => {
  await stop();
  await client.close();
  // Whatever went wrong on the way, nothing is left of it.
  await vi.waitFor(() => expect(server.connections).toBe(0), PATIENCE);
  await settle();
  expect(clock.timers).toBe(0);
  await server[Symbol.asyncDispose]();
});

/** Creates an object past the faulty server. */
async function create(name: string): Promise<void> {
  await admin.create(configMaps, objectIn(namespace, name));
}

/** Resolves once the store has it. */
function shows(name: string): Promise<void> {
  return vi.waitFor(() => expect(store.get(keyOf({ namespace, name }))).toBeDefined(), PATIENCE);
}

/** Resolves once so many watches have failed, and the pause after the last has begun. */
function failed(count: number): Promise<void> {
  return vi.waitFor(() => expect(failures()).toHaveLength(count), PATIENCE);
}

/** The next watch to be asked for meets this. */
function failNextWatch(fault: CallFault): void {
  server.fault = (method, url) => {
    if (method !== 'GET' || !url.includes('watch=true')) return undefined;
    server.fault = () => undefined;
    return fault;
  };
}

const STREAM_FAULTS = ['truncate', 'tear', 'garbage', 'expire'] as const satisfies readonly StreamFault[];

describe('a watch that breaks at an event', () => {
  it.each(STREAM_FAULTS)('by %s shows it after one pause', async (fault) => {
    server.streamFault = fault;
    await create('one');
    await failed(1);
    expect(store.size).toBe(0);
    await clock.advance(FIRST_PAUSE);
    await shows('one');
  });

  it('by a connection that stays open and says no more shows it once that has lasted too long', async () => {
    server.streamFault = 'freeze';
    await create('one');
    await clock.advance(SILENCE - 1);
    expect(failures()).toEqual([]);
    server.streamFault = undefined;
    await clock.advance(1);
    await failed(1);
    await clock.advance(FIRST_PAUSE);
    await shows('one');
  });
});

const QUICK: readonly CallFault[] = [
  ...[410, 429, 500, 503].map((code) => ({ how: 'refuse', code }) as const),
  { how: 'refuse', code: 429, retryAfter: 1 },
  { how: 'reset' },
  { how: 'garbage' },
];

describe('a watch that broke and is not taken up again', () => {
  it.each(QUICK)('because of $how $code shows what it missed after two pauses', async (fault) => {
    failNextWatch(fault);
    server.streamFault = 'tear';
    await create('one');
    await failed(1);
    await clock.advance(FIRST_PAUSE);
    await failed(2);
    expect(store.size).toBe(0);
    await clock.advance(2 * FIRST_PAUSE);
    await shows('one');
  });

  it('because nobody answers shows what it missed once that has lasted too long', async () => {
    const asked = new Promise<void>((resolve) => {
      server.fault = (_, url) => {
        if (!url.includes('watch=true')) return undefined;
        server.fault = () => undefined;
        resolve();
        return { how: 'stall' };
      };
    });
    server.streamFault = 'tear';
    await create('one');
    await failed(1);
    await clock.advance(FIRST_PAUSE);
    await asked;
    await clock.advance(BEGINNING - 1);
    expect(failures()).toHaveLength(1);
    await clock.advance(1);
    await failed(2);
    await clock.advance(2 * FIRST_PAUSE);
    await shows('one');
  });
});

describe('a write', () => {
  const write = () => client.create(configMaps, objectIn(namespace, 'one'));

  it.each([{ how: 'lose' }, { how: 'garbage' }, { how: 'reset' }, { how: 'refuse', code: 500 }] as const)(
    'that meets $how $code is said to have happened perhaps',
    async (fault) => {
      server.fault = (method) => (method === 'POST' ? fault : undefined);
      await expect(write()).rejects.toMatchObject({ reason: 'Unavailable', advice: 'retry', maybeDone: true });
      if (fault.how === 'lose') await shows('one');
      else await expect(admin.get(configMaps, { namespace, name: 'one' })).rejects.toMatchObject({ code: 404 });
    },
  );

  it('whose answer is lost shows at once, though the watch says no more', async () => {
    server.streamFault = 'freeze';
    server.fault = (method) => (method === 'POST' ? { how: 'lose' } : undefined);
    const noting = notingClient(client, [store], clock);
    await expect(noting.create(configMaps, objectIn(namespace, 'one'))).rejects.toMatchObject({ maybeDone: true });
    const written = await admin.get(configMaps, { namespace, name: 'one' });
    expect(store.get(keyOf({ namespace, name: 'one' }))?.metadata.uid).toBe(written.metadata.uid);
    expect(failures()).toEqual([]);
  });

  it('that is held off has surely not happened, and says for how long', async () => {
    server.fault = () => ({ how: 'refuse', code: 429, retryAfter: 3 });
    const error = { reason: 'TooManyRequests', advice: 'retry', maybeDone: false, retryAfter: 3000 };
    await expect(write()).rejects.toMatchObject(error);
  });

  it('that is held off holds off all others for as long, but no delete', async () => {
    await create('one');
    await shows('one');
    const sent: string[] = [];
    server.fault = (method) => {
      sent.push(method);
      return method === 'POST' ? { how: 'refuse', code: 429, retryAfter: 3 } : undefined;
    };
    const limited = limitedClient(client, new RateLimit(clock));
    const name = { namespace, name: 'one' };
    await expect(limited.create(configMaps, objectIn(namespace, 'two'))).rejects.toMatchObject({ code: 429 });
    await expect(limited.get(configMaps, name)).rejects.toMatchObject({ reason: 'TooManyRequests', code: 0 });
    await limited.delete(configMaps, name, identityOf(await admin.get(configMaps, name)));
    expect(sent).toEqual(['POST', 'DELETE']);
    await clock.advance(3_001);
    await expect(limited.get(configMaps, name)).rejects.toMatchObject({ reason: 'NotFound' });
  });

  it('that nobody answers is given up in time', async () => {
    const asked = new Promise<void>((resolve) => {
      server.fault = () => {
        resolve();
        return { how: 'stall' };
      };
    });
    const writing = write();
    await Promise.all([
      expect(writing).rejects.toMatchObject({ reason: 'Unavailable', maybeDone: true }),
      asked.then(() => clock.advance(CALL)),
    ]);
  });
});

const byText = (one: string, other: string): number => (one < other ? -1 : 1);

it('ends up as the server after any mixture of faults', async () => {
  const random = testRandom(11);
  const pick = <T>(from: readonly T[]): T | undefined => from[Math.floor(random() * from.length)];
  for (let round = 0; round < 60; round++) {
    const calls = [...QUICK, undefined, undefined];
    server.fault = () => pick(calls);
    server.streamFault = random() < 0.5 ? pick(STREAM_FAULTS) : undefined;
    const name = `object-${Math.floor(random() * 8)}`;
    const there = await admin.get(configMaps, { namespace, name }).catch(() => undefined);
    if (there) await admin.delete(configMaps, { namespace, name }, identityOf(there));
    else await create(name);
    await clock.advance(random() * 2 * FIRST_PAUSE);
  }
  server.fault = () => undefined;
  server.streamFault = undefined;
  await create('last');
  const { items } = await admin.list(configMaps, { namespace });
  const versions = (objects: Iterable<KubernetesObject>) =>
    Array.from(objects, ({ metadata }) => `${metadata.name} ${metadata.resourceVersion}`).toSorted(byText);
  await vi.waitFor(async () => {
    await clock.advance(FIRST_PAUSE);
    expect(versions(store.values())).toEqual(versions(items));
  }, PATIENCE);
});
