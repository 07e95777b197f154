import { expect, it } from 'vitest';
import { Controller } from './controller.ts';
import { ApiError } from './errors.ts';
import { Health } from './health.ts';
import { RuntimeMetrics } from './metrics.ts';
import type { Lane } from './lanes.ts';
import type { Outcome } from './step.ts';
import { settle, TestClock } from './test-clock.ts';
import { testLog } from './test-log.ts';
import { orAborted, sleep } from './waiting.ts';

/** A controller with two workers, whose keys all meet this outcome and carry out their plan by `apply`. */
function setUp(
  apply: (key: string, clock: TestClock, signal: AbortSignal) => Promise<Lane | undefined>,
  outcome?: Outcome<string>,
) {
  const clock = new TestClock();
  const metrics = new RuntimeMetrics({ process: false });
  const health = new Health();
  const controller = new Controller<string, string>({
    name: 'test',
    workers: 2,
    clock,
    random: () => 0,
    log: testLog().log,
    metrics,
    health,
    snapshot: (key) => key,
    steps: [() => outcome ?? { next: 'write', plan: 'plan' }],
    apply: (_, key, signal) => apply(key, clock, signal),
  });
  const end = new AbortController();
  const running = controller.run(end.signal);
  const enqueue = (...keys: string[]) => keys.forEach((key) => controller.enqueue(key, 'normal'));
  const said = async (name: string) =>
    (await metrics.registry.metrics()).split('\n').filter((line) => line.startsWith(name));
  return { clock, controller, health, end, running, enqueue, said };
}

/** Work whose end the test decides on, by key. */
function held() {
  const ends = new Map<string, () => void>();
  const apply = (key: string) => new Promise<undefined>((resolve) => ends.set(key, () => resolve(undefined)));
  const finish = async (key: string) => {
    ends.get(key)?.();
    await settle();
  };
  return { apply, finish };
}

function depthsOf(urgent: number, normal: number, low: number): string[] {
  return Object.entries({ urgent, normal, low }).map(
    ([lane, depth]) => `queue_depth{controller="test",lane="${lane}"} ${depth}`,
  );
}

it('shows how many keys wait in each lane, for as long as it runs', async () => {
  const { apply, finish } = held();
  const { controller, enqueue, said, clock, end, running } = setUp(apply);
  enqueue('a', 'b');
  await settle();
  expect(await said('queue_depth')).toEqual(depthsOf(0, 0, 0));
  enqueue('c', 'd');
  controller.enqueue('a', 'urgent');
  expect(await said('queue_depth')).toEqual(depthsOf(1, 2, 0));
  await finish('a');
  expect(await said('queue_depth')).toEqual(depthsOf(0, 2, 0));
  end.abort();
  await clock.advance(11_000);
  await running;
  expect(await said('queue_depth')).toEqual([]);
});

it('times how long keys wait in the lane from which they are taken', async () => {
  const { apply, finish } = held();
  const { clock, controller, enqueue, said } = setUp(apply);
  enqueue('a', 'b');
  await settle();
  enqueue('a', 'c', 'd');
  controller.enqueue('e', 'low');
  await clock.advance(2000);
  controller.enqueue('e', 'urgent');
  enqueue('c');
  controller.enqueue('a', 'urgent');
  controller.enqueue('a', 'low');
  await clock.advance(1000);
  for (const key of ['a', 'e', 'a', 'c']) await finish(key);
  expect(await said('queue_wait_seconds_sum')).toEqual([
    'queue_wait_seconds_sum{controller="test",lane="normal"} 6',
    'queue_wait_seconds_sum{controller="test",lane="urgent"} 2',
  ]);
  expect(await said('queue_wait_seconds_count')).toEqual([
    'queue_wait_seconds_count{controller="test",lane="normal"} 4',
    'queue_wait_seconds_count{controller="test",lane="urgent"} 2',
  ]);
});

it.each<[string, string, Outcome<string> | undefined, () => Promise<Lane | undefined>]>([
  ['settled', 'there is nothing to do', { next: 'stop', reason: 'done' }, nothing],
  ['settled', 'there is something to wait for', { next: 'wait', until: new Date(2e12), lane: 'low' }, nothing],
  ['written', 'a plan is carried out', undefined, nothing],
  ['conflict', 'something has changed', undefined, refused(new ApiError('Conflict', 'changed'))],
  ['conflict', 'something is gone', undefined, refused(new ApiError('NotFound', 'gone'))],
  ['api_error', 'the API server refuses', undefined, refused(new ApiError('Forbidden', 'no'))],
  ['api_error', 'it does not answer', undefined, refused(new ApiError('Unavailable', 'no answer'))],
  ['failed', 'there is a defect', undefined, refused(new TypeError('x is not a function'))],
])('counts as %s and times that %s', async (expected, _, outcome, apply) => {
  const slow = async (_key: string, clock: TestClock) => {
    clock.spend(2000);
    return apply();
  };
  const { enqueue, said } = setUp(slow, outcome);
  enqueue('a');
  await settle();
  expect(await said('reconcile_duration_seconds_count')).toEqual([
    `reconcile_duration_seconds_count{controller="test",outcome="${expected}"} 1`,
  ]);
  const seconds = outcome ? 0 : 2;
  expect(await said('reconcile_duration_seconds_sum')).toEqual([
    `reconcile_duration_seconds_sum{controller="test",outcome="${expected}"} ${seconds}`,
  ]);
});

it('counts nothing that a stop has cut short', async () => {
  const { enqueue, said, clock, end, running } = setUp((_, __, signal) =>
    orAborted(new Promise(() => undefined), signal),
  );
  enqueue('a');
  await settle();
  end.abort();
  await clock.advance(11_000);
  await running;
  expect(await said('reconcile_duration_seconds_count')).toEqual([]);
});

it('is stuck while a worker has had a key for ten minutes', async () => {
  const { apply, finish } = held();
  const { clock, enqueue, health } = setUp(apply);
  enqueue('a');
  await clock.advance(1000);
  enqueue('b');
  await clock.advance(598_999);
  expect(health.stalls).toEqual([]);
  await clock.advance(1);
  expect(health.stalls).toEqual([{ part: 'controller test', key: 'a', ms: 600_000 }]);
  await finish('a');
  expect(health.stalls).toEqual([]);
  await clock.advance(1000);
  expect(health.stalls).toMatchObject([{ key: 'b' }]);
});

it('is not stuck while no call is answered, nor while nothing happens', async () => {
  let calls = 0;
  const { clock, enqueue, health } = setUp(async (_, time) => {
    calls++;
    await sleep(30_000, time, new AbortController().signal);
    throw new ApiError('Unavailable', 'no answer within 30 s');
  });
  enqueue('a');
  for (let minute = 0; minute < 60; minute++) {
    await clock.advance(60_000);
    expect(health.stalls).toEqual([]);
  }
  expect(calls).toBeGreaterThan(50);
});

it('is of no concern once it has ended, whatever it has left unfinished', async () => {
  const { enqueue, health, clock, end, running } = setUp(() => new Promise(() => undefined));
  enqueue('a');
  await clock.advance(600_000);
  expect(health.stalls).toHaveLength(1);
  end.abort();
  await clock.advance(11_000);
  await running;
  expect(health.stalls).toEqual([]);
});

function nothing(): Promise<undefined> {
  return Promise.resolve(undefined);
}

function refused(why: Error): () => Promise<never> {
  return () => Promise.reject(why);
}
