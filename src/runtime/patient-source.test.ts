import { beforeEach, describe, expect, it } from 'vitest';
import { configMaps, objectIn } from './conformance-subject.ts';
import { ApiError } from './errors.ts';
import { Health } from './health.ts';
import { MemoryClient } from './memory-client.ts';
import { patientSource } from './patient-source.ts';
import { RateLimit } from './rate-limit.ts';
import { Reflector } from './reflector.ts';
import { Store } from './store.ts';
import { settle, TestClock } from './test-clock.ts';
import { testLog } from './test-log.ts';
import { testRandom } from './test-random.ts';

/** The longest pause, in milliseconds. */
const PAUSE = 30_000;

const refusal = (retryAfter: number) => new ApiError('TooManyRequests', 'slow down', { code: 429, retryAfter });

let clock: TestClock;
let memory: MemoryClient;
let limit: RateLimit;
let source: ReturnType<typeof patientSource>;
beforeEach(() => {
  clock = new TestClock();
  memory = new MemoryClient({ clock, random: testRandom(), resources: [configMaps] });
  limit = new RateLimit(clock);
  source = patientSource(memory, limit);
});

/** A reflector that fills a store from the source. */
function reflect() {
  const { log } = testLog();
  const health = new Health();
  const store = new Store({ resource: configMaps, read: (object) => object, log });
  const options = { client: source, resource: configMaps, store, clock, random: () => 0, log, health };
  const end = new AbortController();
  const running = new Reflector(options).run(end.signal);
  const stop = async () => {
    end.abort();
    await running;
    expect(clock.timers).toBe(0);
  };
  return { health, store, stop };
}

describe('a pause that others were asked for', () => {
  it.each([true, false])(
    'is sat out by what fills a store, and no call is refused; WatchList: %s',
    async (watchLists) => {
      memory.watchLists = watchLists;
      await memory.create(configMaps, objectIn('ns', 'a'));
      limit.heed(refusal(PAUSE));
      const calls = memory.calls.length;
      const { store, stop } = reflect();
      await clock.advance(PAUSE - 1);
      expect(memory.calls).toHaveLength(calls);
      await clock.advance(1 + 200);
      expect(store.size).toBe(1);
      await stop();
    },
  );

  it('ends for it though others are refused all the time, so that it is never stuck', async () => {
    memory.watchLists = false;
    await memory.create(configMaps, objectIn('ns', 'a'));
    const { health, store, stop } = reflect();
    for (let second = 0; second < 3 * 60; second++) {
      limit.heed(refusal(PAUSE));
      await clock.advance(1_000);
      expect(health.stalls).toEqual([]);
    }
    expect(store.size).toBe(1);
    await expect(limit.admit('normal')).rejects.toMatchObject({ reason: 'TooManyRequests' });
    await stop();
  });

  it('leaves a watch that is open alone', async () => {
    const { store, stop } = reflect();
    await settle();
    limit.heed(refusal(PAUSE));
    await memory.create(configMaps, objectIn('ns', 'a'));
    await settle();
    expect(store.size).toBe(1);
    await stop();
  });

  it('is over for who gives up', async () => {
    limit.heed(refusal(PAUSE));
    const { stop } = reflect();
    await settle();
    await stop();
    expect(memory.calls).toEqual([]);
  });
});

describe('a pause that is asked for', () => {
  it.each([true, false])('in answer to what fills a store holds for all others; WatchList: %s', async (watchLists) => {
    memory.watchLists = watchLists;
    memory.before = ({ verb }) => (verb === (watchLists ? 'watch' : 'list') ? refusal(5_000) : undefined);
    const { stop } = reflect();
    await clock.advance(400);
    await expect(limit.admit('normal')).rejects.toMatchObject({ reason: 'TooManyRequests' });
    await stop();
  });

  it('in the midst of a watch holds for all others', async () => {
    const { stop } = reflect();
    await settle();
    memory.endWatches(refusal(5_000));
    await settle();
    await expect(limit.admit('normal')).rejects.toMatchObject({ reason: 'TooManyRequests', retryAfter: 5_000 });
    await stop();
  });
});
