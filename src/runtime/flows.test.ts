import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Flows } from './flows.ts';

const NAMES = ['a', 'b', 'c', 'd'];

/** A key says to which flow it belongs. */
const flowOf = (key: string): string => key.slice(0, 1);

function drain(flows: Flows): string[] {
  const keys: string[] = [];
  for (let key = flows.shift(); key !== undefined; key = flows.shift()) keys.push(key);
  return keys;
}

it('lets flows take turns, each in the order of arrival', () => {
  const flows = new Flows();
  for (const key of ['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'c1']) flows.add(key, flowOf(key));
  expect(drain(flows)).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3', 'a4']);
});

it('gives whoever has used up a turn the next one after all others', () => {
  const flows = new Flows();
  for (const key of ['a1', 'b1', 'b2']) flows.add(key, flowOf(key));
  expect(flows.shift()).toBe('a1');
  flows.add('a2', 'a');
  expect(drain(flows)).toEqual(['b1', 'a2', 'b2']);
});

type Act = { readonly do: 'add' | 'remove'; readonly key: string } | { readonly do: 'shift' };

const key = fc.tuple(fc.constantFrom(...NAMES), fc.nat(9)).map(([name, n]) => `${name}${n}`);
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ do: fc.constantFrom('add', 'add', 'add', 'remove'), key }),
  fc.constant<Act>({ do: 'shift' }),
);

it('hands out every key once, the oldest of its flow, and lets nobody wait for more than one of each other flow', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 300 }), (script) => {
      const flows = new Flows();
      /** What waits, flow by flow, and how many were handed out since each flow had its turn or began to wait. */
      const waiting = new Map<string, { keys: string[]; passed: number }>(
        NAMES.map((name) => [name, { keys: [], passed: 0 }]),
      );
      const of = (each: string) => waiting.get(flowOf(each)) ?? { keys: [], passed: 0 };
      const shift = () => {
        const taken = flows.shift();
        for (const [name, flow] of waiting) {
          if (taken === undefined) expect(flow.keys).toEqual([]);
          else if (name === flowOf(taken)) expect(flow.keys.shift()).toBe(taken);
          flow.passed = flow.keys.length === 0 || (taken !== undefined && name === flowOf(taken)) ? 0 : flow.passed + 1;
          expect(flow.passed).toBeLessThan(NAMES.length);
        }
        return taken;
      };
      for (const each of script) {
        if (each.do === 'shift') shift();
        else if (each.do === 'remove') {
          flows.remove(each.key);
          const flow = of(each.key);
          flow.keys = flow.keys.filter((other) => other !== each.key);
          if (flow.keys.length === 0) flow.passed = 0;
        } else {
          flows.add(each.key, flowOf(each.key));
          if (!of(each.key).keys.includes(each.key)) of(each.key).keys.push(each.key);
        }
        expect(flows.size).toBe(NAMES.flatMap((name) => waiting.get(name)?.keys ?? []).length);
      }
      while (shift() !== undefined);
    }),
    { numRuns: 500 },
  );
});

it.each([
  ['one flow', () => 'one'],
  ['a flow each', (each: string) => each],
])('takes out 100,000 keys of %s in time proportional to their number', (_what, name) => {
  const flows = new Flows();
  for (let n = 0; n < 100_000; n++) flows.add(`key${n}`, name(`key${n}`));
  expect(drain(flows)).toHaveLength(100_000);
});
