import { beforeEach, describe, expect, it } from 'vitest';
import type { CallOptions, Client } from './client.ts';
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

/** A client whose calls are on their way until `way` has ended. */
function afar(near: Client, way: Promise<void>): Client {
  return {
    watch: (...call) => near.watch(...call),
    list: (...call) => way.then(() => near.list(...call)),
    get: (...call) => way.then(() => near.get(...call)),
    create: (...call) => way.then(() => near.create(...call)),
    patch: (...call) => way.then(() => near.patch(...call)),
    patchStatus: (...call) => way.then(() => near.patchStatus(...call)),
    delete: (...call) => way.then(() => near.delete(...call)),
  };
}

const CALLS: [string, (options: CallOptions) => Promise<unknown>][] = [
  ['list', (options) => client.list(configMaps, options)],
  ['get', (options) => client.get(configMaps, name, options)],
  ['create', (options) => client.create(configMaps, { metadata: { ...name, name: 'new' } }, options)],
  ['patch', (options) => client.patch(configMaps, name, { data: { a: '1' } }, options)],
  ['patchStatus', (options) => client.patchStatus(configMaps, name, { status: { a: '1' } }, options)],
  ['delete', (options) => client.delete(configMaps, name, { uid, ...options })],
];

const refused = { name: 'ApiError', reason: 'Unavailable', advice: 'retry' };

describe.each(CALLS)('%s', (verb, call) => {
  it('goes through while the term holds', async () => {
    await call({});
    expect(server.calls).toMatchObject([{ verb }]);
  });

  it('is refused unsent once the term is over, though no timer has told yet', async () => {
    clock.step(6000);
    await expect(call({})).rejects.toMatchObject({ ...refused, maybeDone: false });
    expect(server.calls).toEqual([]);
  });

  it('is refused unsent where the term is over at the end of its way, though no timer has told yet', async () => {
    const way = Promise.withResolvers<void>();
    client = fencedClient(afar(server, way.promise), term);
    const outcome = call({}).catch((error: unknown) => error);
    await settle();
    clock.spend(6000);
    way.resolve();
    expect(await outcome).toMatchObject({ ...refused, maybeDone: false });
    expect(server.calls).toEqual([]);
  });

  it('is refused unsent by the fence of whoever calls', async () => {
    const fence = () => {
      throw new Error('not so');
    };
    await expect(call({ fence })).rejects.toThrow('not so');
    expect(server.calls).toEqual([]);
  });

  it('is given up when the term ends while it is under way', async () => {
    server.after = () => new Promise(() => undefined);
    const outcome = call({}).catch((error: unknown) => error);
    await settle();
    await clock.advance(6000);
    expect(await outcome).toMatchObject({ ...refused, maybeDone: true });
  });

  it('is under way for its term until it is answered', async () => {
    const way = Promise.withResolvers<void>();
    client = fencedClient(afar(server, way.promise), term);
    const outcome = call({});
    expect(term.underWay).toBe(1);
    way.resolve();
    await outcome;
    expect(term.underWay).toBe(0);
  });

  it('heeds the signal of whoever calls', async () => {
    server.before = () => new Promise(() => undefined);
    const stop = new AbortController();
    const outcome = call({ signal: stop.signal }).catch((error: unknown) => error);
    await settle();
    stop.abort(new Error('enough'));
    expect(await outcome).toEqual(new Error('enough'));
  });
});

it('watches for everybody', async () => {
  clock.step(6000);
  for await (const event of client.watch(configMaps, { sendInitialEvents: true })) {
    expect(event.type).toBe('ADDED');
    break;
  }
});
