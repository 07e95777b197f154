import { describe, expect, it } from 'vitest';
import type { Lane } from './lanes.ts';
import { Queue } from './queue.ts';
import { settle, TestClock } from './test-clock.ts';

function setUp(random = () => 0) {
  const clock = new TestClock();
  return { clock, queue: new Queue({ clock, random }) };
}

/** What a worker gets right now, or 'nothing'. */
function next(queue: Queue): Promise<string> {
  return got(queue.take());
}

/** The same for a worker that has asked before. */
async function got(asked: ReturnType<Queue['take']>): Promise<string> {
  const taken = await Promise.race([asked, settle().then(() => 'nothing' as const)]);
  if (taken === undefined) return 'closed';
  return taken === 'nothing' ? taken : `${taken.key} ${taken.lane}`;
}

describe('a key', () => {
  it('waits once, however often it is added', async () => {
    const { queue } = setUp();
    queue.add('a', 'normal');
    queue.add('a', 'normal');
    expect(await next(queue)).toBe('a normal');
    queue.done('a');
    expect(await next(queue)).toBe('nothing');
  });

  it('is never with two workers, and comes again when added meanwhile', async () => {
    const { queue } = setUp();
    queue.add('a', 'normal');
    await queue.take();
    queue.add('a', 'low');
    queue.add('a', 'urgent');
    const second = queue.take();
    expect(await Promise.race([second, settle()])).toBeUndefined();
    queue.done('a');
    expect(await second).toMatchObject({ key: 'a', lane: 'urgent' });
  });

  it('moves up when added in a higher lane, and never down', async () => {
    const { queue } = setUp();
    for (const [key, lane] of [
      ['a', 'normal'],
      ['b', 'normal'],
      ['b', 'urgent'],
      ['b', 'low'],
    ] as const)
      queue.add(key, lane);
    expect(await next(queue)).toBe('b urgent');
    expect(await next(queue)).toBe('a normal');
    expect(await next(queue)).toBe('nothing');
  });
});

describe('delays', () => {
  it('holds a key back until its time, not a millisecond less', async () => {
    const { clock, queue } = setUp();
    queue.addAfter('a', 'low', 1000);
    const asked = queue.take();
    await clock.advance(999);
    expect(await got(asked)).toBe('nothing');
    await clock.advance(1);
    expect(await got(asked)).toBe('a low');
  });

  it('keeps the earlier of two and the higher lane', async () => {
    const { clock, queue } = setUp();
    queue.addAfter('a', 'urgent', 1000);
    queue.addAfter('a', 'low', 10);
    queue.addAfter('a', 'normal', 500);
    await clock.advance(10);
    expect(await next(queue)).toBe('a urgent');
    queue.done('a');
    const asked = queue.take();
    await clock.advance(10_000);
    expect(await got(asked)).toBe('nothing');
    queue.addAfter('b', 'low', 10);
    queue.addAfter('b', 'urgent', 500);
    await clock.advance(10);
    expect(await got(asked)).toBe('b urgent');
  });

  it.each([
    ['urgent', 500],
    ['normal', 30_000],
    ['low', 30_000],
  ] as const)('doubles the pause of %s keys up to %d ms', async (lane, longest) => {
    const { clock, queue } = setUp();
    const pauses: number[] = [];
    for (let n = 0; n < 15; n++) {
      queue.retry('a', lane);
      pauses.push(clock.nextTimer ?? 0);
      await clock.advance(longest);
      await queue.take();
      queue.done('a');
    }
    expect(pauses.slice(0, 4)).toEqual([10, 20, 40, 80]);
    expect(pauses.at(-1)).toBe(longest);
    queue.forget('a');
    expect(queue.retry('a', lane)).toBe(1);
    expect(clock.nextTimer).toBe(10);
  });

  it('takes up to half of a pause off at random', () => {
    const { clock, queue } = setUp(() => 0.999);
    queue.retry('a', 'urgent');
    expect(clock.nextTimer).toBeCloseTo(5, 1);
  });
});

it('heeds when the server wishes to be asked again, for half a minute at most, save for urgent keys', () => {
  const pauseOf = (lane: Lane, wish: number) => {
    const { clock, queue } = setUp();
    queue.retry('a', lane, wish);
    return clock.nextTimer;
  };
  expect(pauseOf('normal', 3000)).toBe(3000);
  expect(pauseOf('low', 86_400_000)).toBe(30_000);
  expect(pauseOf('urgent', 3000)).toBe(10);
});

describe('who takes urgent keys only', () => {
  it('gets nothing else, and leaves the others free for what is less pressing', async () => {
    const { queue } = setUp();
    const any = queue.take();
    const urgent = queue.take('urgent');
    queue.add('a', 'urgent');
    queue.add('b', 'normal');
    expect([await got(urgent), await got(any)]).toEqual(['a urgent', 'b normal']);
    const more = queue.take('urgent');
    queue.add('c', 'low');
    expect(await got(more)).toBe('nothing');
    expect(await next(queue)).toBe('c low');
  });

  it('hears of the close once nothing is left for anybody', async () => {
    const { queue } = setUp();
    const urgent = queue.take('urgent');
    queue.add('a', 'low');
    queue.close();
    expect(await got(urgent)).toBe('nothing');
    expect(await next(queue)).toBe('a low');
    queue.done('a');
    expect(await got(urgent)).toBe('closed');
  });
});

it('has no two keys of a series with workers, and hands out all of them before it tells of the close', async () => {
  const queue = new Queue({ clock: new TestClock(), random: () => 0, seriesOf: () => 'one' });
  queue.add('a', 'low');
  queue.add('b', 'low');
  expect(await next(queue)).toBe('a low');
  const asked = queue.take();
  queue.add('a', 'low');
  queue.close();
  expect(await got(asked)).toBe('nothing');
  queue.done('a');
  expect(await got(asked)).toBe('b low');
  queue.done('b');
  expect(await next(queue)).toBe('a low');
  queue.done('a');
  expect(await next(queue)).toBe('closed');
});

describe('close', () => {
  it('hands out what waits, then tells every worker', async () => {
    const { clock, queue } = setUp();
    queue.add('a', 'normal');
    queue.addAfter('b', 'normal', 1000);
    queue.close();
    queue.add('c', 'urgent');
    expect(clock.timers).toBe(0);
    expect(await next(queue)).toBe('a normal');
    expect(await next(queue)).toBe('closed');
  });

  it('waits for a key that was added while it had a worker', async () => {
    const { queue } = setUp();
    queue.add('a', 'normal');
    await queue.take();
    queue.add('a', 'normal');
    queue.close();
    const last = queue.take();
    queue.done('a');
    expect(await last).toMatchObject({ key: 'a', lane: 'normal' });
    queue.done('a');
    expect(await queue.take()).toBeUndefined();
  });
});
