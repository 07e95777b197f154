import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configMaps, identityOf, objectIn } from '../../src/runtime/conformance-subject.ts';
import { isApiError } from '../../src/runtime/errors.ts';
import type { HttpClient } from '../../src/runtime/http-client.ts';
import { notingClient } from '../../src/runtime/noting-client.ts';
import type { KubernetesObject } from '../../src/runtime/object.ts';
import { testRandom } from '../../src/runtime/test-random.ts';
import { connectAsAdmin } from './cluster.ts';
import { type CallFault, nameOf, type StreamFault } from './faulty-answers.ts';
import { BEGINNING, FaultyReflection, FIRST_PAUSE, LONGEST_PAUSE, SILENCE } from './faulty-reflection.ts';

const REFUSALS = [410, 429, 500, 503].map((code) => ({ how: 'refuse', code }) as const);
const ANY = [...REFUSALS, ...(['reset', 'garbage', 'stall'] as const).map((how) => ({ how }))] satisfies CallFault[];
const PARTS = (['truncate', 'tear', 'freeze'] as const).map((how) => ({ how })) satisfies CallFault[];
const LOSE = { how: 'lose' } as const satisfies CallFault;

const BREAKS = ['truncate', 'tear', 'garbage', 'expire'] as const satisfies readonly StreamFault[];

/** How often something is written while faults come, and at the most, until each kind has come. */
const ROUNDS = 100;
const MOST = 2_000;

let admin: HttpClient;

beforeAll(async () => {
  admin = await connectAsAdmin();
});

afterAll(() => admin.close());

/** Each with what it takes at the most, in milliseconds, from the last fault until all is well: what it takes to notice it, and a pause. */
const MIXTURES = [
  {
    name: 'faults that show at once, or by no answer',
    streams: BREAKS,
    worst: { watch: 'tear', call: { how: 'stall' } },
    bound: BEGINNING + LONGEST_PAUSE,
  },
  {
    name: 'all faults',
    streams: [...BREAKS, 'freeze'] as const,
    worst: { watch: 'freeze', call: undefined },
    bound: SILENCE + LONGEST_PAUSE,
  },
] as const;

describe.each([
  { by: 'a WatchList', watchLists: true },
  { by: 'pages of a list', watchLists: false },
])('a store filled by $by', ({ watchLists }) => {
  it.each(MIXTURES)('is as the server again $bound ms after a mixture of $name', async ({ streams, worst, bound }) => {
    await using reflection = await FaultyReflection.start(admin, { watchLists });
    const { namespace, server, clock, store } = reflection;
    server.page = 3;
    const own = notingClient(reflection.counted(reflection.client), [store], clock);
    const random = testRandom(11);
    const oneOf = <T>(all: readonly T[]): T | undefined => all[Math.floor(random() * all.length)];
    server.fault = (method, url) => {
      if (random() < 0.5) return undefined;
      if (method !== 'GET') return oneOf([...ANY, LOSE, LOSE]);
      return oneOf(url.includes('watch=true') ? ANY : [...ANY, ...PARTS]);
    };
    const kinds = [
      ...[...ANY, LOSE, ...(watchLists ? [] : PARTS)].map((fault) => `call: ${nameOf(fault)}`),
      ...streams.map((fault) => `watch: ${fault}`),
    ];
    const missing = () => kinds.filter((kind) => !server.met.has(kind));
    for (let round = 0; round < MOST && (round < ROUNDS || missing().length > 0); round++) {
      server.streamFault = random() < 0.5 ? oneOf(streams) : undefined;
      await done(reflection, change(`object-${Math.floor(random() * 8)}`, random() < 0.5 ? own : admin));
      if (random() < 0.5) await clock.advance(random() * FIRST_PAUSE);
      else await reflection.step();
    }
    expect(missing()).toEqual([]);
    await expectWell('after-all');
    server.streamFault = worst.watch;
    server.fault = () => worst.call;
    await reflection.create('worst');
    await reflection.until(() => server.count('silent') > 0);
    await expectWell('after-the-worst');

    /** From now on nothing fails. The store is as the server in time, with an object that is new. */
    async function expectWell(name: string): Promise<void> {
      server.fault = () => undefined;
      server.streamFault = undefined;
      const last = clock.monotonic();
      await reflection.create(name);
      const { items } = await admin.list(configMaps, { namespace });
      const right = versionsOf(items);
      await reflection.until(() => versionsOf(store.values()) === right);
      expect(Math.round(clock.monotonic() - last)).toBeLessThanOrEqual(bound);
      // The read that follows a lost reply goes on when nobody waits for it any more.
      await reflection.until(() => server.count('silent') === 0);
    }

    /** Deletes it where it is there, and creates it where it is not. */
    async function change(name: string, writer: typeof own): Promise<void> {
      const there = await admin.get(configMaps, { namespace, name }).catch(() => undefined);
      if (there) await writer.delete(configMaps, { namespace, name }, identityOf(there));
      else await writer.create(configMaps, objectIn(namespace, name));
    }
  });
});

/** Lets time pass until this is done; what faults may make of it is no failure. */
async function done(reflection: FaultyReflection, work: Promise<void>): Promise<void> {
  let over = false;
  const settled = work
    .catch((error: unknown) => {
      if (!isApiError(error)) throw error;
    })
    .finally(() => (over = true));
  await Promise.all([settled, reflection.until(() => over)]);
}

function versionsOf(objects: Iterable<KubernetesObject>): string {
  return Array.from(objects, ({ metadata }) => `${metadata.name} ${metadata.uid} ${metadata.resourceVersion}`)
    .toSorted((one, other) => (one < other ? -1 : 1))
    .join('\n');
}
