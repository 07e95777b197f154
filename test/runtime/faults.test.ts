import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { configMaps, identityOf, objectIn } from '../../src/runtime/conformance-subject.ts';
import type { HttpClient } from '../../src/runtime/http-client.ts';
import { limitedClient } from '../../src/runtime/limited-client.ts';
import { notingClient } from '../../src/runtime/noting-client.ts';
import { type KubernetesObject, keyOf } from '../../src/runtime/object.ts';
import { RateLimit } from '../../src/runtime/rate-limit.ts';
import type { Store } from '../../src/runtime/store.ts';
import type { TestClock } from '../../src/runtime/test-clock.ts';
import { connectAsAdmin } from './cluster.ts';
import type { CallFault, StreamFault } from './faulty-answers.ts';
import { BEGINNING, FaultyReflection, FIRST_PAUSE, SILENCE } from './faulty-reflection.ts';
import type { FaultyServer } from './faulty-server.ts';

/** How long a call may take. */
const CALL = 10_000;

let admin: HttpClient;
let reflection: FaultyReflection;
let namespace: string;
let server: FaultyServer;
let client: HttpClient;
let clock: TestClock;
let store: Store<KubernetesObject>;

beforeAll(async () => {
  admin = await connectAsAdmin();
});

afterAll(() => admin.close());

beforeEach(async () => {
  reflection = await FaultyReflection.start(admin);
  ({ namespace, server, client, clock, store } = reflection);
});

afterEach(() => reflection[Symbol.asyncDispose]());

const create = (name: string) => reflection.create(name);
const shows = (name: string) => reflection.shows(name);
const failed = (count: number) => reflection.failed(count);
const failures = () => reflection.failures();

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
  it.each(QUICK)('because of $how $code shows what it missed after two pauses, or when it may', async (fault) => {
    failNextWatch(fault);
    server.streamFault = 'tear';
    await create('one');
    await failed(1);
    await clock.advance(FIRST_PAUSE);
    await failed(2);
    expect(store.size).toBe(0);
    // The process pauses for a second after 429, also where that does not say for how long.
    await clock.advance('code' in fault && fault.code === 429 ? 1000 : 2 * FIRST_PAUSE);
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
