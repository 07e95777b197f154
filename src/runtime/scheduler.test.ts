import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Lane } from './lanes.ts';
import { Scheduler } from './scheduler.ts';
import { TestClock } from './test-clock.ts';

const DAY = 86_400_000;

function setUp() {
  const clock = new TestClock();
  const fired: string[] = [];
  const start = clock.now().getTime();
  const fire = (key: string, lane: Lane) => void fired.push(`${key} ${lane} ${clock.now().getTime() - start}`);
  const scheduler = new Scheduler({ clock, fire });
  return { clock, fired, scheduler, after: (ms: number) => new Date(start + ms) };
}

it('fires at the very moment, earliest first, with the lane', async () => {
  const { clock, fired, scheduler, after } = setUp();
  scheduler.set('b', after(2000), 'normal');
  scheduler.set('a', after(1000), 'urgent');
  await clock.advance(999);
  expect(fired).toEqual([]);
  await clock.advance(10_000);
  expect(fired).toEqual(['a urgent 1000', 'b normal 2000']);
});

it('keeps one timer, and none when nothing is pending', () => {
  const { clock, scheduler, after } = setUp();
  for (let n = 1; n <= 100; n++) scheduler.set(`key${n}`, after(n * 1000), 'normal');
  expect(clock.timers).toBe(1);
  for (let n = 1; n <= 100; n++) scheduler.clear(`key${n}`);
  expect(clock.timers).toBe(0);
});

it('replaces what was set for a key, in either direction', async () => {
  const { clock, fired, scheduler, after } = setUp();
  scheduler.set('a', after(1000), 'normal');
  scheduler.set('a', after(3000), 'urgent');
  scheduler.set('b', after(9000), 'normal');
  scheduler.set('b', after(500), 'normal');
  await clock.advance(20_000);
  expect(fired).toEqual(['b normal 500', 'a urgent 3000']);
});

it('fires at once, but not within the call, for a moment that is past', async () => {
  const { clock, fired, scheduler, after } = setUp();
  scheduler.set('a', after(-1), 'urgent');
  expect(fired).toEqual([]);
  await clock.advance(0);
  expect(fired).toEqual(['a urgent 0']);
});

it('waits for moments beyond the limit of a Node timer', async () => {
  const { clock, fired, scheduler, after } = setUp();
  scheduler.set('a', after(30 * DAY), 'normal');
  expect(clock.nextTimer).toBeLessThan(24.8 * DAY);
  clock.step(30 * DAY - 1000);
  await clock.advance(20_000);
  expect(fired).toHaveLength(1);
});

it('notices within five seconds that the wall clock was set forward, or the machine slept', async () => {
  const { clock, fired, scheduler, after } = setUp();
  scheduler.set('a', after(3_600_000), 'urgent');
  clock.step(3_600_000);
  await clock.advance(5000);
  expect(fired).toHaveLength(1);
});

it('never fires early, though the wall clock is set back after the timer was set', async () => {
  const { clock, fired, scheduler, after } = setUp();
  scheduler.set('a', after(3000), 'urgent');
  await clock.advance(2000);
  clock.step(-60_000);
  await clock.advance(60_999);
  expect(fired).toEqual([]);
  await clock.advance(1);
  expect(fired).toEqual(['a urgent 3000']);
});

it('may be set again by what it fires', async () => {
  const clock = new TestClock();
  let rounds = 0;
  const scheduler = new Scheduler({
    clock,
    fire: (key, lane) => {
      rounds++;
      if (rounds < 3) scheduler.set(key, clock.now(), lane);
    },
  });
  scheduler.set('a', clock.now(), 'low');
  await clock.advance(0);
  expect(rounds).toBe(3);
});

it('refuses a date that is none', () => {
  const { scheduler } = setUp();
  expect(() => scheduler.set('a', new Date('tomorrow'), 'low')).toThrow(RangeError);
});

it('fires nothing once closed', async () => {
  const { clock, fired, scheduler, after } = setUp();
  scheduler.set('a', after(1000), 'low');
  scheduler.close();
  await clock.advance(10_000);
  expect(fired).toEqual([]);
});

/** The longest that a clock which was set, or stood still, may go unnoticed, in milliseconds. */
const UNNOTICED = 5_000;

const key = fc.constantFrom(...'abcdefgh');
/** Whole ones too, and those just after: when the scheduler looks anyway. */
const ms = fc.oneof(
  fc.integer({ min: -5_000, max: 60_000 }),
  fc.tuple(fc.integer({ min: 0, max: 4 }), fc.nat(1)).map(([looks, after]) => looks * UNNOTICED + after),
);
const command = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('set' as const), key, ms }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('clear' as const), key }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.nat(8_000) }) },
  // The machine sleeps, and its monotonic clock with it; or somebody sets the wall clock.
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('step' as const), ms: fc.integer({ min: -90_000, max: 90_000 }) }),
  },
  // The machine sleeps, or the process is stopped, and the monotonic clock goes on.
  { weight: 1, arbitrary: fc.record({ do: fc.constant('stop' as const), ms: fc.nat(90_000) }) },
);

it('fires what a plain table of moments would: never early, and late only for as long as a clock goes unnoticed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { maxLength: 60 }), async (script) => {
      const clock = new TestClock();
      /** When the wall clock is to say what for a key, and since when it has, on the monotonic clock: from then on it is late. */
      const table = new Map<string, { at: number; reached: number }>();
      let disturbed = Number.NEGATIVE_INFINITY;
      const reachedAt = (at: number) => clock.monotonic() + Math.max(at - clock.now().getTime(), 0);
      const fire = (name: string, lane: Lane) => {
        const { at, reached } = table.get(name) ?? { at: Number.NaN, reached: Number.NaN };
        expect(lane).toBe('normal');
        expect(clock.now().getTime()).toBeGreaterThanOrEqual(at);
        expect(clock.monotonic()).toBeLessThanOrEqual(reached < disturbed + UNNOTICED ? reached + UNNOTICED : reached);
        table.delete(name);
      };
      const scheduler = new Scheduler({ clock, fire });
      for (const each of script) {
        const wall = clock.now().getTime();
        if (each.do === 'set') {
          const at = wall + each.ms;
          scheduler.set(each.key, new Date(at), 'normal');
          table.set(each.key, { at, reached: reachedAt(at) });
        } else if (each.do === 'clear') {
          scheduler.clear(each.key);
          table.delete(each.key);
        } else if (each.do === 'pass') {
          await clock.advance(each.ms);
        } else {
          if (each.do === 'step') clock.step(each.ms);
          else clock.spend(each.ms);
          disturbed = clock.monotonic();
          for (const [name, { at, reached }] of table) {
            // What was late before a step is later still; who is stopped can do nothing before it goes on.
            const wasLate = each.do === 'step' && at <= Math.min(wall, clock.now().getTime());
            table.set(name, { at, reached: wasLate ? reached : reachedAt(at) });
          }
        }
      }
      const last = Math.max(clock.monotonic(), ...Array.from(table.values(), ({ reached }) => reached));
      await clock.advance(last + UNNOTICED - clock.monotonic());
      expect([...table.keys()]).toEqual([]);
      expect(clock.timers).toBe(0);
    }),
    { numRuns: 300 },
  );
});
