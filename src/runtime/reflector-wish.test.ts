import { describe, expect, it } from 'vitest';
import { configMaps } from './conformance-subject.ts';
import { ApiError } from './errors.ts';
import { Health } from './health.ts';
import { MemoryClient } from './memory-client.ts';
import { Reflector } from './reflector.ts';
import { Store } from './store.ts';
import { settle, TestClock } from './test-clock.ts';
import { testLog } from './test-log.ts';
import { testRandom } from './test-random.ts';

/** A reflector whose calls of one kind are refused, with a wish of so many milliseconds. */
async function setUp({ verb, retryAfter }: { verb: 'list' | 'watch'; retryAfter: number }) {
  const clock = new TestClock();
  const memory = new MemoryClient({ clock, random: testRandom(), resources: [configMaps] });
  memory.watchLists = verb === 'watch';
  const { log } = testLog();
  const health = new Health();
  const store = new Store({ resource: configMaps, read: (object) => object, log });
  memory.before = (call) =>
    call.verb === verb ? new ApiError('TooManyRequests', 'slow down', { code: 429, retryAfter }) : undefined;
  const reflector = new Reflector({ client: memory, resource: configMaps, store, clock, random: () => 0, log, health });
  const end = new AbortController();
  const running = reflector.run(end.signal);
  await settle();
  // Only after a pause does it know that there is no WatchList.
  if (verb === 'list') await clock.advance(200);
  const stop = async () => {
    end.abort();
    await running;
  };
  const asked = () => memory.calls.filter((call) => call.verb === verb).length;
  return { clock, memory, reflector, health, asked, stop };
}

describe.each(['list', 'watch'] as const)('a %s that is refused', (verb) => {
  it.each([
    [10_000, 10_000],
    [3_600_000, 30_000],
  ])('with a wish of %i ms is tried again after %i ms', async (retryAfter, pause) => {
    const { clock, memory, reflector, asked, stop } = await setUp({ verb, retryAfter });
    const before = asked();
    await clock.advance(pause - 1);
    expect(asked()).toBe(before);
    memory.before = undefined;
    await clock.advance(1);
    expect(asked()).toBe(before + 1);
    expect(reflector.hasSynced).toBe(true);
    await stop();
  });

  it('again and again, with the longest wish, is not stuck', async () => {
    const { clock, health, asked, stop } = await setUp({ verb, retryAfter: 3_600_000 });
    for (let minute = 0; minute < 60; minute++) {
      await clock.advance(60_000);
      expect(health.stalls).toEqual([]);
    }
    expect(asked()).toBeGreaterThanOrEqual(120);
    await stop();
  });
});
