import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Lane } from './queue.ts';
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

it('fires what a plain table of moments would, for any sequence of sets and clears', async () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('set' as const), key: fc.constantFrom(...'abcdefgh'), at: fc.nat(20_000) }),
    fc.record({ do: fc.constant('clear' as const), key: fc.constantFrom(...'abcdefgh') }),
    fc.record({ do: fc.constant('advance' as const), ms: fc.nat(3000) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (script) => {
      const { clock, fired, scheduler, after } = setUp();
      const table = new Map<string, number>();
      const expected: string[] = [];
      let now = 0;
      const pass = async (ms: number) => {
        const due = [...table].filter(([, at]) => at <= now + ms);
        for (const [key, at] of due) {
          expected.push(`${key} normal ${Math.max(at, now)}`);
          table.delete(key);
        }
        now += ms;
        await clock.advance(ms);
      };
      for (const command of script) {
        if (command.do === 'set') {
          scheduler.set(command.key, after(command.at), 'normal');
          table.set(command.key, command.at);
        } else if (command.do === 'clear') {
          scheduler.clear(command.key);
          table.delete(command.key);
        } else await pass(command.ms);
      }
      await pass(30_000);
      expect(fired.toSorted()).toEqual(expected.toSorted());
      expect(clock.timers).toBe(0);
    }),
    { numRuns: 60 },
  );
});
