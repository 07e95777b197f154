import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Due, Heap } from './heap.ts';

const command = fc.oneof(
  fc.record({ do: fc.constant('push' as const), at: fc.nat(20) }),
  fc.record({ do: fc.constantFrom('shift' as const, 'remove' as const), pick: fc.nat(50) }),
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
    }),
    { numRuns: 500 },
  );
});
