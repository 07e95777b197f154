import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { ApiError } from './errors.ts';
import { type Lane, PATIENCE } from './lanes.ts';
import { RATE, RateLimit } from './rate-limit.ts';
import { settle, TestClock } from './test-clock.ts';

let clock: TestClock;
let limit: RateLimit;
beforeEach(() => {
  clock = new TestClock();
  limit = new RateLimit(clock);
});

const overloaded = (retryAfter?: number) =>
  new ApiError('TooManyRequests', 'slow down', retryAfter === undefined ? {} : { retryAfter });

/** Asks for so many calls, and tells of each when it goes out. */
function ask(count: number, lane: Lane, onGo: (lane: Lane) => void): void {
  for (let n = 0; n < count; n++)
    limit.admit(lane).then(
      () => onGo(lane),
      () => undefined,
    );
}

/** All that may go out at once. */
async function exhaust(): Promise<void> {
  for (let n = 0; n < RATE; n++) await limit.admit('normal');
}

describe('whatever is asked for', () => {
  const demands = fc.array(
    fc.record({
      count: fc.integer({ min: 1, max: 2_000 }),
      lane: fc.constantFrom<Lane>('urgent', 'normal', 'low'),
      /** In milliseconds. */
      then: fc.integer({ min: 0, max: 3_000 }),
      pause: fc.option(fc.integer({ min: 0, max: 2_000 }), { freq: 8 }),
    }),
    { maxLength: 8 },
  );

  it('no more goes out in any time than the rate allows, nothing in a pause, and what is urgent at once', async () => {
    await fc.assert(
      fc.asyncProperty(demands, async (all) => {
        clock = new TestClock();
        limit = new RateLimit(clock);
        const went: number[] = [];
        let [asked, urgent, pausedUntil] = [0, 0, 0];
        for (const { count, lane, then, pause } of all) {
          ask(count, lane, (which) => {
            if (which === 'urgent') urgent++;
            else went.push(clock.monotonic());
          });
          if (lane === 'urgent') asked += count;
          await settle();
          expect(urgent).toBe(asked);
          if (pause !== null) {
            limit.heed(overloaded(pause));
            pausedUntil = clock.monotonic() + pause;
          }
          const before = went.length;
          await clock.advance(Math.min(then, Math.max(pausedUntil - clock.monotonic() - 1, 0)));
          if (clock.monotonic() < pausedUntil) expect(went.length).toBe(before);
          await clock.advance(then);
        }
        await clock.advance(20_000);
        expect(clock.timers).toBe(0);
        expect(mostBeyond(went)).toBeLessThanOrEqual(RATE);
      }),
      { numRuns: 40 },
    );
  });
});

/** By how much the calls of some stretch of time are more than its length allows. */
function mostBeyond(times: readonly number[]): number {
  let [most, least] = [0, Infinity];
  for (const [index, time] of times.entries()) {
    const beyond = index - (time * RATE) / 1000;
    least = Math.min(least, beyond);
    most = Math.max(most, beyond - least + 1);
  }
  return most;
}

it('lets all of a second out at once, and from then on one each millisecond', async () => {
  await exhaust();
  let went = 0;
  ask(10, 'normal', () => went++);
  await settle();
  expect(went).toBe(0);
  for (const expected of [1, 2, 3]) {
    await clock.advance(1);
    expect(went).toBe(expected);
  }
});

it('lets the first of the low lane go after 33 others, however many come', async () => {
  await exhaust();
  const order: Lane[] = [];
  ask(1, 'low', (lane) => order.push(lane));
  for (let n = 0; n < 100; n++) {
    ask(3, 'normal', (lane) => order.push(lane));
    await clock.advance(1);
  }
  expect(order.indexOf('low')).toBe(PATIENCE);
});

it('lets nobody by who comes when a timer is late', async () => {
  await exhaust();
  const order: string[] = [];
  ask(1, 'normal', () => order.push('first'));
  clock.spend(5);
  ask(1, 'normal', () => order.push('second'));
  await settle();
  await clock.advance(1);
  expect(order).toEqual(['first', 'second']);
});

it('forgets who gave up waiting', async () => {
  await exhaust();
  const end = new AbortController();
  const given = limit.admit('normal', end.signal);
  const patient = limit.admit('normal');
  end.abort(new Error('enough'));
  await expect(given).rejects.toThrow('enough');
  await clock.advance(1);
  await expect(patient).resolves.toBeUndefined();
  expect(clock.timers).toBe(0);
});

describe('in a pause that the server asked for', () => {
  it('calls are refused until it is over, those that waited too, and told for how long', async () => {
    await exhaust();
    const waited = limit.admit('low').catch((error: unknown) => error);
    limit.heed(overloaded(3_000));
    expect(await waited).toMatchObject({ reason: 'TooManyRequests', maybeDone: false, retryAfter: 3_000 });
    await clock.advance(2_999);
    await expect(limit.admit('normal')).rejects.toMatchObject({ retryAfter: 1 });
    await clock.advance(1);
    expect(clock.timers).toBe(0);
  });

  it('what is urgent goes out', async () => {
    limit.heed(overloaded(3_000));
    await expect(limit.admit('urgent')).resolves.toBeUndefined();
  });

  it('nothing is saved up for the end of it', async () => {
    limit.heed(overloaded(3_000));
    await clock.advance(3_000);
    let went = 0;
    ask(100, 'normal', () => went++);
    await clock.advance(10);
    expect(went).toBe(10);
  });

  it.each([
    ['is a second long where the server does not say', overloaded(), 1_000],
    ['is half a minute long at most', overloaded(99_000), 30_000],
    ['may come with any refusal', new ApiError('Unavailable', 'starting', { retryAfter: 2_000 }), 2_000],
  ])('that %s', async (_what, error, expected) => {
    limit.heed(error);
    await expect(limit.admit('normal')).rejects.toMatchObject({ retryAfter: expected });
  });

  it('a shorter one changes nothing', async () => {
    limit.heed(overloaded(5_000));
    limit.heed(overloaded(1_000));
    await expect(limit.admit('normal')).rejects.toMatchObject({ retryAfter: 5_000 });
  });
});

it('takes no other failure for a pause', async () => {
  limit.heed(new ApiError('Unavailable', 'no answer'));
  await expect(limit.admit('normal')).resolves.toBeUndefined();
});
