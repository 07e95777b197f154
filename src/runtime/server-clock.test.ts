import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ServerClock } from './server-clock.ts';
import { TestClock } from './test-clock.ts';

/** What a server whose clock is `ahead` ms ahead writes into the Date header now. */
function header(local: TestClock, ahead: number): Date {
  return new Date(Math.floor((local.now().getTime() + ahead) / 1000) * 1000);
}

it('is the local clock until it has learned anything', () => {
  const local = new TestClock();
  const clock = new ServerClock(local);
  expect(clock.now()).toEqual(local.now());
  expect(clock.skew).toBe(0);
});

it('goes ahead with a server that is ahead, and carries that on', async () => {
  const local = new TestClock();
  const clock = new ServerClock(local);
  clock.learn(header(local, 60_000));
  await local.advance(1500);
  expect(clock.now().getTime() - local.now().getTime()).toBe(60_000);
  expect(clock.skew).toBe(60_000);
});

it('stays with the local clock when the server is behind, and says so', () => {
  const local = new TestClock();
  const clock = new ServerClock(local);
  clock.learn(header(local, -60_000));
  expect(clock.now()).toEqual(local.now());
  expect(clock.skew).toBe(-60_000);
});

it('does not lose what it knows when the local clock is set back', () => {
  const local = new TestClock();
  const clock = new ServerClock(local);
  const before = local.now();
  clock.learn(header(local, 0));
  local.step(-3_600_000);
  expect(clock.now()).toEqual(before);
});

it('forgets a lead after ten minutes at most, in case the server was set back', async () => {
  const local = new TestClock();
  const clock = new ServerClock(local);
  clock.learn(header(local, 60_000));
  for (let minute = 0; minute < 10; minute++) {
    await local.advance(60_000);
    clock.learn(header(local, 0));
  }
  expect(clock.now()).toEqual(local.now());
});

it('remembers a lead for five minutes at least, whenever it was learned', async () => {
  const local = new TestClock();
  const clock = new ServerClock(local);
  clock.learn(header(local, 0));
  await local.advance(299_000);
  clock.learn(header(local, 60_000));
  await local.advance(300_000);
  clock.learn(header(local, 0));
  expect(clock.skew).toBe(60_000);
});

it('knows nothing after an hour of silence, and all again with the first answer', async () => {
  const local = new TestClock();
  const clock = new ServerClock(local);
  clock.learn(header(local, 60_000));
  await local.advance(3_600_000);
  expect(clock.now()).toEqual(local.now());
  await local.advance(3_600_000);
  clock.learn(header(local, 60_000));
  expect(clock.skew).toBe(60_000);
});

it('is never ahead of both clocks, and closes in on a server that is ahead', async () => {
  const pauses = fc.array(fc.integer({ min: 1, max: 30_000 }), { minLength: 1, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: -5000, max: 5000 }), pauses, async (ahead, script) => {
      const local = new TestClock();
      const clock = new ServerClock(local);
      for (const pause of script) {
        clock.learn(header(local, ahead));
        await local.advance(pause);
        const lead = clock.now().getTime() - local.now().getTime();
        expect(lead).toBeGreaterThanOrEqual(0);
        expect(lead).toBeLessThanOrEqual(Math.max(0, ahead));
        expect(lead).toBeGreaterThan(ahead - 1000);
        expect(clock.skew).toBeLessThanOrEqual(ahead);
      }
    }),
    { numRuns: 30 },
  );
});
