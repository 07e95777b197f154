import fc from 'fast-check';
import { expect, it } from 'vitest';
import { higherLane, type Lane, PATIENCE } from './lanes.ts';
import { SerialLanes } from './serial-lanes.ts';

const LANES = ['urgent', 'normal', 'low'] as const;

/** `a1` is of series a; what begins with `x` is of none. */
const seriesOf = (key: string): string | undefined => (key.startsWith('x') ? undefined : key.slice(0, 1));

function setUp(): SerialLanes {
  return new SerialLanes(undefined, seriesOf);
}

it('hands out one of a series at a time, in the order of arrival', () => {
  const lanes = setUp();
  for (const key of ['a1', 'a2', 'b1', 'a3', 'x1', 'x2']) lanes.add(key, 'normal');
  const keys = Array.from({ length: 5 }, () => lanes.shift()?.key);
  expect(keys).toEqual(['a1', 'b1', 'x1', 'x2', undefined]);
  lanes.done('a1');
  expect([lanes.shift()?.key, lanes.shift()?.key]).toEqual(['a2', undefined]);
});

it('lets whoever is in the way of something pressing go first, too', () => {
  const lanes = setUp();
  for (const key of ['x1', 'a1', 'a2']) lanes.add(key, 'low');
  lanes.add('a3', 'urgent');
  expect(lanes.sizes).toEqual({ urgent: 2, normal: 0, low: 2 });
  expect(lanes.shift()).toEqual({ key: 'a1', lane: 'urgent' });
  lanes.done('a1');
  expect(lanes.shift()).toEqual({ key: 'a3', lane: 'urgent' });
});

it('starves nothing behind what is more pressing and never ends', () => {
  const lanes = setUp();
  for (const key of ['a0', 'a1', 'a2']) lanes.add(key, 'urgent');
  lanes.add('alow', 'low');
  const keys: string[] = [];
  for (let n = 3; !keys.includes('alow') && n < 100; n++) {
    const { key, lane: name } = lanes.shift() ?? { key: '' };
    expect(name, `${key} is in the way of others`).toBe('urgent');
    keys.push(key);
    lanes.add(`a${n}`, 'urgent');
    lanes.done(key);
  }
  expect(keys.length).toBeLessThanOrEqual(PATIENCE + 2);
});

it('forgets a series of which nothing is left', () => {
  const lanes = setUp();
  lanes.add('a1', 'low');
  lanes.shift();
  lanes.done('a1');
  lanes.add('a2', 'low');
  expect(lanes.shift()?.key).toBe('a2');
});

const key = fc.tuple(fc.constantFrom(...'abx'), fc.nat(19)).map(([series, n]) => `${series}${n}`);
const lane = fc.oneof({ weight: 6, arbitrary: fc.constant<Lane>('urgent') }, fc.constantFrom<Lane>('normal', 'low'));
const act = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('add' as const), key, lane }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('shift' as const), only: fc.constantFrom(undefined, 'urgent') }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('done' as const), nth: fc.nat(9) }) },
);

it('has no two of a series out, loses nothing, and keeps the bound of lanes, whatever happens', () => {
  fc.assert(
    fc.property(fc.array(act, { minLength: 100, maxLength: 500 }), (script) => {
      const lanes = setUp();
      const waiting = new Map<string, Lane>();
      const out: string[] = [];
      const passed = { urgent: 0, normal: 0, low: 0 };
      const isOut = (series: string | undefined) =>
        series !== undefined && out.some((each) => seriesOf(each) === series);
      /** The lanes of all that could be handed out now; of a series it is the highest of them. */
      const ready = (): Lane[] => {
        const ofSeries = new Map<string, Lane>();
        for (const [each, name] of waiting) {
          const series = seriesOf(each) ?? each;
          if (!isOut(seriesOf(each))) ofSeries.set(series, higherLane(ofSeries.get(series) ?? name, name));
        }
        return [...ofSeries.values()];
      };
      const shift = (only?: 'urgent') => {
        const before = ready();
        const taken = lanes.shift(only);
        if (!taken) {
          expect(before.filter((name) => !only || name === only)).toEqual([]);
          return;
        }
        expect(waiting.has(taken.key)).toBe(true);
        expect(isOut(seriesOf(taken.key)), `two of the series of ${taken.key}`).toBe(false);
        waiting.delete(taken.key);
        out.push(taken.key);
        if (only) return;
        for (const each of LANES) {
          passed[each] = each === taken.lane || !ready().includes(each) ? 0 : passed[each] + 1;
          expect(passed[each]).toBeLessThanOrEqual(each === 'urgent' ? 2 : PATIENCE + 1);
        }
      };
      const done = (each: string | undefined) => {
        if (each === undefined) return;
        out.splice(out.indexOf(each), 1);
        lanes.done(each);
      };
      for (const each of script) {
        if (each.do === 'shift') shift(each.only === 'urgent' ? 'urgent' : undefined);
        else if (each.do === 'done') done(out[each.nth % out.length]);
        else if (!out.includes(each.key)) {
          lanes.add(each.key, each.lane);
          waiting.set(each.key, higherLane(waiting.get(each.key) ?? each.lane, each.lane));
        }
        expect(lanes.size).toBe(waiting.size);
      }
      while (waiting.size > 0) {
        while (out.length > 0) done(out[0]);
        const left = waiting.size;
        shift();
        expect(waiting.size).toBe(left - 1);
      }
    }),
    { numRuns: 300 },
  );
});
