import { describe, expect, it } from 'vitest';
import type { Client, WatchOptions } from './client.ts';
import { configMaps } from './conformance-subject.ts';
import { ApiError } from './errors.ts';
import { Health } from './health.ts';
import { MemoryClient } from './memory-client.ts';
import { meteringClient } from './metering-client.ts';
import { RuntimeMetrics } from './metrics.ts';
import { Reflector } from './reflector.ts';
import { Store } from './store.ts';
import { TestClock } from './test-clock.ts';
import { testLog } from './test-log.ts';
import { testRandom } from './test-random.ts';
import { orAborted } from './waiting.ts';

/** A reflector over the twin, of which `change` replaces a part. */
function setUp({ change = {}, watchLists = true }: { change?: Partial<Client>; watchLists?: boolean }) {
  const clock = new TestClock();
  const memory = new MemoryClient({ clock, random: testRandom(), resources: [configMaps] });
  memory.watchLists = watchLists;
  const metrics = new RuntimeMetrics({ process: false });
  const health = new Health();
  const { log } = testLog();
  const client = meteringClient(Object.assign(memory, change), { clock, metrics });
  const store = new Store({ resource: configMaps, read: (object) => object, log });
  const reflector = new Reflector({ client, resource: configMaps, store, clock, random: () => 0, log, health });
  const end = new AbortController();
  const running = reflector.run(end.signal);
  const stop = async () => {
    end.abort();
    await running;
  };
  const watches = async () =>
    (await metrics.registry.metrics()).split('\n').filter((line) => line.startsWith('api_calls_total'));
  return { clock, memory, health, stop, watches };
}

/** A stream with nothing in it, that ends by its signal alone. */
async function* silent(_: unknown, { signal }: WatchOptions): AsyncGenerator<never, void> {
  yield await orAborted(new Promise<never>(() => undefined), signal);
}

/** A stream that nothing ends. */
async function* hung(): AsyncGenerator<never, void> {
  yield await new Promise<never>(() => undefined);
}

async function passes(clock: TestClock, minutes: number, each: () => void): Promise<void> {
  for (let second = 0; second < minutes * 60; second++) {
    await clock.advance(1000);
    each();
  }
}

describe('is stuck after five minutes without a sign of life', () => {
  it.each<[string, Partial<Client>, boolean]>([
    ['in a stream', { watch: hung }, true],
    ['in a list', { list: () => new Promise(() => undefined) }, false],
  ])('%s', async (_, change, watchLists) => {
    const { clock, health } = setUp({ change, watchLists });
    await clock.advance(299_999);
    expect(health.stalls).toEqual([]);
    await clock.advance(10_000); // the list comes after a watch and a pause
    expect(health.stalls).toMatchObject([{ part: 'reflector configmaps' }]);
  });
});

describe('is not stuck', () => {
  it.each([true, false])('in an hour in which the API server is away; with WatchList: %s', async (watchLists) => {
    const { clock, memory, health, stop } = setUp({ watchLists });
    await clock.advance(1000);
    memory.endWatches(new ApiError('Expired', 'too old', { code: 410 }));
    memory.before = () => new ApiError('Unavailable', 'connection refused');
    await passes(clock, 60, () => expect(health.stalls).toEqual([]));
    await stop();
  });

  it('over streams that say nothing, each of which counts as a watch that got no answer', async () => {
    const { clock, health, stop, watches } = setUp({ change: { watch: silent } });
    await passes(clock, 10, () => expect(health.stalls).toEqual([]));
    expect(await watches()).toEqual(['api_calls_total{verb="watch",resource="configmaps",code="0"} 3']);
    await stop();
  });

  it('in a list of many slow pages', async () => {
    let pages = 0;
    const list: Client['list'] = () =>
      new Promise((resolve) => {
        clock.timer(29_000, () => resolve({ items: [], resourceVersion: '1', continue: `${++pages}` }));
      });
    const { clock, health } = setUp({ change: { list }, watchLists: false });
    await passes(clock, 20, () => expect(health.stalls).toEqual([]));
    expect(pages).toBeGreaterThan(40);
  });

  it('in a list of which page after page is too long, and each takes its time', async () => {
    let pages = 0;
    const list: Client['list'] = () =>
      new Promise((_, reject) => {
        pages++;
        clock.timer(60_000, () => reject(new ApiError('TooLong', 'the page is longer than is taken')));
      });
    const { clock, health } = setUp({ change: { list }, watchLists: false });
    await passes(clock, 20, () => expect(health.stalls).toEqual([]));
    expect(pages).toBeGreaterThan(15);
  });

  it('once it has ended', async () => {
    const { clock, health, stop } = setUp({});
    await stop();
    await clock.advance(600_000);
    expect(health.stalls).toEqual([]);
  });
});
