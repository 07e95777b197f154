import { describe, expect, it } from 'vitest';
import { Controller, type ControllerOptions } from './controller.ts';
import { ApiError } from './errors.ts';
import { Health } from './health.ts';
import { RuntimeMetrics } from './metrics.ts';
import type { Lane } from './lanes.ts';
import type { Outcome, Step } from './step.ts';
import { settle, TestClock } from './test-clock.ts';
import { testLog } from './test-log.ts';

const stop: Outcome<string> = { next: 'stop', reason: 'done' };
const write: Outcome<string> = { next: 'write', plan: 'plan' };

/** A controller whose keys meet the scripted outcomes one after the other, then stop. */
function setUp(script: Outcome<string>[], options: Partial<ControllerOptions<Outcome<string>, string>> = {}) {
  const clock = new TestClock();
  const { log, lines, at } = testLog();
  const seen: string[] = [];
  const start = clock.now().getTime();
  const controller = new Controller<Outcome<string>, string>({
    name: 'test',
    workers: 2,
    clock,
    random: () => 0,
    log,
    metrics: new RuntimeMetrics({ process: false }),
    health: new Health(),
    snapshot: (key) => {
      seen.push(`${key} ${clock.now().getTime() - start}`);
      return script.shift() ?? stop;
    },
    steps: [(outcome) => outcome],
    apply: () => Promise.resolve<Lane>('normal'),
    ...options,
  });
  const end = new AbortController();
  const running = controller.run(end.signal);
  const close = async () => {
    end.abort();
    await running;
  };
  return { clock, controller, seen, lines, at, end, running, close };
}

function writes(count: number): Outcome<string>[] {
  return Array.from({ length: count }, () => write);
}

function refusals(count: number, error: unknown): () => Promise<Lane> {
  let calls = 0;
  return () => (calls++ < count ? Promise.reject(error) : Promise.resolve('normal'));
}

describe('an outcome', () => {
  it('write: is carried out, and the key is looked at again', async () => {
    const plans: string[] = [];
    const apply = (plan: string, key: string) => {
      plans.push(`${key} ${plan}`);
      return Promise.resolve<Lane>('urgent');
    };
    const { controller, seen, close } = setUp([write], { apply });
    controller.enqueue('a', 'normal');
    await settle();
    expect(plans).toEqual(['a plan']);
    expect(seen).toEqual(['a 0', 'a 0']);
    await close();
  });

  it('wait: brings the key back at its time and not before', async () => {
    const until = new Date(new TestClock().now().getTime() + 5000);
    const { clock, controller, seen, close } = setUp([{ next: 'wait', until, lane: 'urgent' }]);
    controller.enqueue('a', 'normal');
    await clock.advance(4999);
    expect(seen).toEqual(['a 0']);
    await clock.advance(1);
    expect(seen).toEqual(['a 0', 'a 5000']);
    await close();
  });

  it('write: that fails makes nobody miss what an earlier step waits for', async () => {
    const until = new Date(new TestClock().now().getTime() + 5000);
    const awaitEnd: Step<Outcome<string>, string> = (_, now) =>
      now < until ? { next: 'wait', until, lane: 'urgent' } : { next: 'continue' };
    const { clock, controller, seen, close } = setUp([write], {
      apply: () => Promise.reject(new ApiError('TooManyRequests', 'slow down', { retryAfter: 30_000 })),
      steps: [awaitEnd, (outcome) => outcome],
    });
    controller.enqueue('a', 'normal');
    await clock.advance(5000);
    expect(seen).toEqual(['a 0', 'a 5000']);
    await close();
  });

  it('stop: forgets what an earlier look waited for', async () => {
    const until = new Date(new TestClock().now().getTime() + 5000);
    const { clock, controller, seen, close } = setUp([{ next: 'wait', until, lane: 'urgent' }, stop]);
    controller.enqueue('a', 'normal');
    await settle();
    controller.enqueue('a', 'normal');
    await clock.advance(60_000);
    expect(seen).toEqual(['a 0', 'a 0']);
    expect(clock.timers).toBe(0);
    await close();
  });
});

describe('a failure', () => {
  it('of the API server is tried again with growing pauses, and warned of ever more rarely', async () => {
    const apply = refusals(5, new ApiError('Unavailable', 'connection refused'));
    const { clock, controller, seen, at, close } = setUp(writes(6), { apply });
    controller.enqueue('a', 'urgent');
    await clock.advance(10_000);
    expect(seen.slice(0, 6)).toEqual(['a 0', 'a 10', 'a 30', 'a 70', 'a 150', 'a 310']);
    expect(at('warn')).toHaveLength(3);
    expect(at('error')).toEqual([]);
    await close();
  });

  it('is tried again no sooner than the server wishes', async () => {
    const apply = refusals(1, new ApiError('TooManyRequests', 'slow down', { retryAfter: 3000 }));
    const { clock, controller, seen, close } = setUp([write], { apply });
    controller.enqueue('a', 'normal');
    await clock.advance(10_000);
    expect(seen).toEqual(['a 0', 'a 3000']);
    await close();
  });

  it('by conflict is nothing to warn of', async () => {
    const { clock, controller, at, seen, close } = setUp([write], {
      apply: refusals(1, new ApiError('Conflict', 'changed')),
    });
    controller.enqueue('a', 'normal');
    await clock.advance(10);
    expect(seen).toEqual(['a 0', 'a 10']);
    expect(at('warn')).toEqual([]);
    await close();
  });

  it('because something is gone is nothing to warn of, until it is missed', async () => {
    const apply = refusals(8, new ApiError('NotFound', 'gone'));
    const { clock, controller, seen, at, close } = setUp(writes(9), { apply });
    controller.enqueue('a', 'normal');
    await clock.advance(1269);
    expect(seen).toHaveLength(7);
    expect(at('warn')).toEqual([]);
    await clock.advance(1);
    expect(at('warn')).toEqual(['API server in the way, trying again']);
    await close();
  });

  it('of our own is an error, and tried again all the same', async () => {
    const { clock, controller, seen, lines, close } = setUp([write], {
      apply: refusals(1, new TypeError('x is not a function')),
    });
    controller.enqueue('a', 'normal');
    await clock.advance(10);
    expect(seen).toHaveLength(2);
    expect(lines[0]).toMatchObject({ level: 'error', msg: 'reconcile failed', key: 'a', err: { type: 'TypeError' } });
    await close();
  });

  it('is forgiven by success: the next one starts with the shortest pause', async () => {
    let calls = 0;
    const apply = () =>
      ++calls % 3 === 0 ? Promise.resolve<Lane>('normal') : Promise.reject(new ApiError('Unavailable', ''));
    const { clock, controller, seen, close } = setUp(writes(6), { apply });
    controller.enqueue('a', 'normal');
    await clock.advance(1000);
    expect(seen).toEqual(['a 0', 'a 10', 'a 30', 'a 30', 'a 40', 'a 60', 'a 60']);
    await close();
  });
});

it('slows down when plans never settle, and says so once', async () => {
  const { clock, controller, seen, at, close } = setUp(writes(1000));
  controller.enqueue('a', 'normal');
  await clock.advance(1000);
  expect(seen.length).toBeLessThan(30);
  expect(at('error')).toEqual(['plans do not settle, slowing down']);
  await close();
});

it('does not count plans from before the key settled', async () => {
  const { clock, controller, at, close } = setUp([...writes(15), stop, ...writes(15), stop]);
  for (let round = 0; round < 2; round++) {
    controller.enqueue('a', 'normal');
    await clock.advance(1000);
  }
  expect(at('error')).toEqual([]);
  await close();
});

it('works on as many keys at once as it has workers, and never on one key twice', async () => {
  const busy = new Set<string>();
  const finish: (() => void)[] = [];
  let most = 0;
  const apply = async (_: string, key: string): Promise<Lane> => {
    expect(busy).not.toContain(key);
    busy.add(key);
    most = Math.max(most, busy.size);
    await new Promise<void>((resolve) => finish.push(resolve));
    busy.delete(key);
    return 'normal';
  };
  const { controller, close } = setUp(writes(8), { apply });
  for (const key of ['a', 'b', 'c']) controller.enqueue(key, 'normal');
  for (let round = 0; round < 9; round++) {
    controller.enqueue('a', 'urgent');
    await settle();
    finish.shift()?.();
  }
  await settle();
  expect(most).toBe(2);
  finish.forEach((resolve) => resolve());
  await close();
});

it('keeps workers for what is urgent, however much slow work there is', async () => {
  const seen: string[] = [];
  const apply = (_: string, key: string): Promise<Lane> => {
    seen.push(key);
    return key.startsWith('slow') ? new Promise(nothing) : Promise.resolve('normal');
  };
  const { clock, controller, end, running } = setUp(writes(9), { apply, workers: 4, reserved: 1 });
  await settle();
  for (let n = 1; n <= 5; n++) controller.enqueue(`slow${n}`, n % 2 ? 'normal' : 'low');
  controller.enqueue('end', 'urgent');
  await settle();
  expect(seen).toEqual(['slow1', 'slow2', 'slow3', 'end']);
  end.abort();
  await clock.advance(11_000);
  await running;
});

it('must keep workers for what is not urgent too', () => {
  expect(() => setUp([], { workers: 4, reserved: 4 })).toThrow('reserved is 4, must be below workers, 4');
});

describe('stop', () => {
  it('lets what has begun finish, and begins nothing more', async () => {
    let finish = nothing;
    const apply = () => new Promise<Lane>((resolve) => (finish = () => resolve('normal')));
    const { controller, seen, end, running, clock } = setUp([write, write], { apply, workers: 1 });
    controller.enqueue('a', 'normal');
    controller.enqueue('b', 'normal');
    await settle();
    end.abort();
    await settle();
    finish();
    await running;
    expect(seen).toEqual(['a 0']);
    expect(clock.timers).toBe(0);
  });

  it('tells what takes too long to give up, and waits no longer than eleven seconds even for that', async () => {
    let told = false;
    const apply = (_: string, __: string, signal: AbortSignal) => {
      signal.addEventListener('abort', () => (told = true));
      return new Promise<Lane>(() => undefined);
    };
    const { controller, end, running, clock, at } = setUp([write], { apply });
    controller.enqueue('a', 'normal');
    await settle();
    end.abort();
    await clock.advance(9999);
    expect(told).toBe(false);
    await clock.advance(1001);
    await running;
    expect(told).toBe(true);
    expect(at('warn')).toEqual(['work left unfinished']);
  });
});

function nothing(): void {}
