import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Lane, PATIENCE } from './lanes.ts';
import { Queue, type Taken } from './queue.ts';
import { settle, TestClock } from './test-clock.ts';
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

it('keeps every promise, whatever happens in whatever order', async () => {
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

const serial = fc.constantFrom('a1', 'a2', 'a3', 'b1', 'b2', 'b3', 'none1', 'none2');
const seriesOf = (name: string): string | undefined => (name.startsWith('none') ? undefined : name.slice(0, 1));
const step = fc.oneof(
  { weight: 60, arbitrary: fc.record({ verb: fc.constant('add' as const), key: serial, lane }) },
  { weight: 40, arbitrary: fc.record({ verb: fc.constantFrom('take' as const, 'take urgent' as const) }) },
  { weight: 40, arbitrary: fc.record({ verb: fc.constant('done' as const), nth }) },
  { weight: 1, arbitrary: fc.record({ verb: fc.constant('close' as const) }) },
);

it('never hands out two keys of one series, and loses none of them', async () => {
  let both = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 200 }), async (script) => {
      const queue = new Queue({ clock: new TestClock(), random: () => 0, seriesOf });
      const coming = new Set<string>();
      const out = new Set<string>();
      let asking = 0;
      let closed = false;
      const heard = (taken: Taken | undefined) => {
        asking--;
        if (!taken) return;
        const same = [...out].filter(
          (other) => seriesOf(other) !== undefined && seriesOf(other) === seriesOf(taken.key),
        );
        expect([taken.key, coming.has(taken.key), out.has(taken.key), same]).toEqual([taken.key, true, false, []]);
        coming.delete(taken.key);
        out.add(taken.key);
      };
      const answers: Promise<void>[] = [];
      const take = (only?: 'urgent') => {
        asking++;
        answers.push(queue.take(only).then(heard));
      };
      for (const each of script) {
        if (each.verb === 'add') {
          queue.add(each.key, each.lane);
          if (!closed) coming.add(each.key);
        } else if (each.verb === 'done') {
          const one = [...out][each.nth % out.size];
          if (one !== undefined) {
            out.delete(one);
            queue.done(one);
          }
        } else if (each.verb === 'close') {
          queue.close();
          closed = true;
        } else if (asking < WORKERS) {
          take(each.verb === 'take' ? undefined : 'urgent');
        }
        await settle();
        both = Math.max(both, out.size);
      }
      while (coming.size + out.size > 0) {
        const before = coming.size + out.size;
        for (const one of out) {
          out.delete(one);
          queue.done(one);
        }
        take();
        await settle();
        expect(out.size + coming.size).toBeLessThanOrEqual(before);
        expect(out.size > 0 || coming.size === 0).toBe(true);
      }
      queue.close();
      await Promise.all(answers);
    }),
    { numRuns: 200 },
  );
  expect(both).toBeGreaterThan(2);
});
