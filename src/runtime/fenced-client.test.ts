import { beforeEach, describe, expect, it } from 'vitest';
import type { Client } from './client.ts';
import { configMaps } from './conformance-subject.ts';
import { fencedClient } from './fenced-client.ts';
import { MemoryClient } from './memory-client.ts';
import { momentOf, Term } from './term.ts';
import { settle, TestClock } from './test-clock.ts';
import { testRandom } from './test-random.ts';

let clock: TestClock;
let server: MemoryClient;
let term: Term;
let client: Client;
let uid = '';
const name = { namespace: 'payments', name: 'here' };

beforeEach(async () => {
  clock = new TestClock();
  server = new MemoryClient({ clock, resources: [configMaps], random: testRandom() });
  ({ uid = '' } = (await server.create(configMaps, { metadata: name })).metadata);
  server.calls.length = 0;
  term = new Term(clock, momentOf(clock));
  client = fencedClient(server, term);
});

const WRITES: [string, (options: { dryRun?: boolean; signal?: AbortSignal }) => Promise<unknown>][] = [
  ['create', (options) => client.create(configMaps, { metadata: { ...name, name: 'new' } }, options)],
  ['patch', (options) => client.patch(configMaps, name, { data: { a: '1' } }, options)],
  ['patchStatus', (options) => client.patchStatus(configMaps, name, { status: { a: '1' } }, options)],
  ['delete', (options) => client.delete(configMaps, name, { uid, ...options })],
];

const refused = { name: 'ApiError', reason: 'Unavailable', advice: 'retry' };

describe.each(WRITES)('%s', (verb, write) => {
  it('goes through while the term holds', async () => {
    await write({});
    expect(server.calls).toMatchObject([{ verb, dryRun: false }]);
  });

  it('is refused unsent once the term is over, though no timer has told yet', async () => {
    clock.step(6000);
    await expect(write({})).rejects.toMatchObject({ ...refused, maybeDone: false });
    expect(server.calls).toEqual([]);
  });

  it('is given up when the term ends while it is under way', async () => {
    server.after = () => new Promise(() => undefined);
    const written = write({}).catch((error: unknown) => error);
    await settle();
    await clock.advance(6000);
    expect(await written).toMatchObject({ ...refused, maybeDone: true });
  });

  it('heeds the signal of whoever calls', async () => {
    server.before = () => new Promise(() => undefined);
    const stop = new AbortController();
    const written = write({ signal: stop.signal }).catch((error: unknown) => error);
    await settle();
    stop.abort(new Error('enough'));
    expect(await written).toEqual(new Error('enough'));
  });

  it('is open to everybody as a dry run', async () => {
    clock.step(6000);
    await write({ dryRun: true });
    expect(server.calls).toMatchObject([{ verb, dryRun: true }]);
  });
});

it('reads for everybody', async () => {
  clock.step(6000);
  expect((await client.get(configMaps, name)).metadata.uid).toBe(uid);
  expect((await client.list(configMaps)).items).toHaveLength(1);
  for await (const event of client.watch(configMaps, { sendInitialEvents: true })) {
    expect(event.type).toBe('ADDED');
    break;
  }
});
