import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Due, Heap } from './heap.ts';

const command = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('push' as const), at: fc.nat(100) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('shift' as const, 'remove' as const), pick: fc.nat(50) }) },
);

it('has the earliest first, as a sorted list would, wherever entries are taken out', () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 80 }), (script) => {
      const heap = new Heap<Due>();
      const list: Due[] = [];
      for (const step of script) {
        if (step.do === 'push') {
          const entry = { at: step.at, position: -1 };
          heap.push(entry);
          list.push(entry);
        } else {
          const entry = step.do === 'shift' ? heap.first : list[step.pick % Math.max(list.length, 1)];
          if (!entry) continue;
          heap.remove(entry);
          list.splice(list.indexOf(entry), 1);
        }
        expect(heap.size).toBe(list.length);
        expect(heap.first?.at).toBe(list.length === 0 ? undefined : Math.min(...list.map(({ at }) => at)));
      }
      const rest: number[] = [];
      for (let { first } = heap; first; first = heap.first) {
        rest.push(first.at);
        heap.remove(first);
      }
      expect(rest).toEqual(list.map(({ at }) => at).toSorted((one, other) => one - other));
    }),
    { numRuns: 500 },
  );
});

it('keeps order when what fills a gap belongs above it', () => {
  const heap = new Heap<Due>();
  const entries = [0, 30, 10, 90, 95, 80, 20].map((at) => ({ at, position: -1 }));
  for (const entry of entries) heap.push(entry);
  const gap = entries.find(({ at }) => at === 90);
  if (gap) heap.remove(gap);
  const rest: number[] = [];
  for (let { first } = heap; first; first = heap.first) {
    rest.push(first.at);
    heap.remove(first);
  }
  expect(rest).toEqual([0, 10, 20, 30, 80, 95]);
});
