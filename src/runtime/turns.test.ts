import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Controller } from './controller.ts';
import { Health } from './health.ts';
import { RuntimeMetrics } from './metrics.ts';
import { TestClock } from './test-clock.ts';
import { testLog } from './test-log.ts';
import { TURN } from './turns.ts';

/** When a timer and an urgent key that it brings had their turn, among `keys` keys whose looks take `each` ms and write nothing. */
async function busy({ keys, each, workers, due }: Record<'keys' | 'each' | 'workers' | 'due', number>) {
  const clock = new TestClock();
  const seen: string[] = [];
  const heard = { timer: 0, urgent: 0 };
  const controller = new Controller<string, never>({
    name: 'test',
    workers,
    clock,
    random: () => 0,
    log: testLog().log,
    metrics: new RuntimeMetrics({ process: false }),
    health: new Health(),
    snapshot: (key) => key,
    steps: [
      (key) => {
        seen.push(key);
        if (key === 'end') heard.urgent = clock.monotonic();
        clock.spend(each);
        return { next: 'stop', reason: 'done' };
      },
    ],
    apply: () => Promise.reject(new Error('nothing is planned')),
  });
  clock.timer(due, () => {
    heard.timer = clock.monotonic();
    controller.enqueue('end', 'urgent');
  });
  const end = new AbortController();
  const running = controller.run(end.signal);
  await clock.turn();
  for (let n = 0; n < keys; n++) controller.enqueue(`key${n}`, n % 2 === 0 ? 'low' : 'normal');
  while (seen.length <= keys) await clock.advance(1);
  end.abort();
  await running;
  return { ...heard, seen };
}

it('timers have their turn, and what they bring goes before what waits, however many keys only settle', async () => {
  const load = fc.record({
    keys: fc.integer({ min: 1, max: 300 }),
    each: fc.integer({ min: 1, max: 8 }),
    workers: fc.integer({ min: 1, max: 8 }),
    due: fc.integer({ min: 0, max: 40 }),
  });
  await fc.assert(
    fc.asyncProperty(load, async ({ keys, each, workers, due }) => {
      const { timer, urgent, seen } = await busy({ keys, each, workers, due });
      // Idle workers take what comes at once, and each may have asked just before another's look took its time.
      expect(timer - due).toBeLessThanOrEqual(TURN + 2 * workers * each);
      // The lower lanes may have a turn of their own just now (lanes.ts).
      expect(urgent - timer).toBeLessThanOrEqual(3 * each);
      expect(new Set(seen).size).toBe(keys + 1);
    }),
    { numRuns: 100 },
  );
});
