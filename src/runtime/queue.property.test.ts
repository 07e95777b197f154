import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Lane, PATIENCE } from './lanes.ts';
import { KEYS, LONGEST, PromisedQueue, WORKERS } from './test-queue.ts';

const key = fc.constantFrom(...KEYS);
const lane = fc.oneof({ weight: 8, arbitrary: fc.constant<Lane>('urgent') }, fc.constantFrom<Lane>('normal', 'low'));
const pause = fc.oneof({ weight: 4, arbitrary: fc.nat(200) }, fc.nat(LONGEST));
const nth = fc.nat(WORKERS - 1);

type Act = (promised: PromisedQueue) => void | Promise<void>;
const withOne = (n: number, act: (promised: PromisedQueue, key: string) => void): Act => {
  return (promised) => {
    const one = promised.working[n % promised.working.length];
    if (one !== undefined) act(promised, one);
  };
};
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 300,
    arbitrary: fc.tuple(key, lane).map(
      ([each, name]): Act =>
        (all) =>
          all.add(each, name),
    ),
  },
  {
    weight: 60,
    arbitrary: fc.tuple(key, lane, pause).map(
      ([each, name, ms]): Act =>
        (all) =>
          all.addAfter(each, name, ms),
    ),
  },
  { weight: 300, arbitrary: fc.constant<Act>((all) => all.take()) },
  { weight: 30, arbitrary: fc.constant<Act>((all) => all.take('urgent')) },
  { weight: 300, arbitrary: nth.map((n) => withOne(n, (all, one) => all.done(one))) },
  {
    weight: 60,
    arbitrary: fc
      .tuple(nth, lane, pause)
      .map(([n, name, wish]) => withOne(n, (all, one) => all.retry(one, name, wish))),
  },
  { weight: 60, arbitrary: nth.map((n) => withOne(n, (all, one) => all.forget(one))) },
  {
    weight: 30,
    arbitrary: pause.map(
      (ms): Act =>
        (all) =>
          all.clock.advance(ms),
    ),
  },
  { weight: 1, arbitrary: fc.constant<Act>((all) => all.close()) },
);

it('keeps every promise, whatever happens in whatever order', { timeout: 60_000 }, async () => {
  let mostPassed = 0;
  const stock = fc.oneof(
    fc.constant<Lane[]>([]), // workers wait for keys, not keys for workers
    fc.array(lane, { minLength: KEYS.length, maxLength: KEYS.length }),
  );
  await fc.assert(
    fc.asyncProperty(stock, fc.array(act, { minLength: 100, maxLength: 600 }), async (lanes, script) => {
      const promised = new PromisedQueue();
      lanes.forEach((name, n) => promised.add(KEYS[n] ?? '', name));
      for (const each of script) {
        await each(promised);
        await promised.clock.advance(1);
        promised.check();
      }
      while (!promised.isIdle) {
        for (const one of promised.working) promised.done(one);
        promised.take();
        await promised.clock.advance(promised.working.length > 0 ? 1 : LONGEST);
        promised.check();
      }
      mostPassed = Math.max(mostPassed, promised.mostPassed);
    }),
    { numRuns: 120 },
  );
  expect(mostPassed).toBe(PATIENCE + 1);
});
