import fc from 'fast-check';
import { expect, it } from 'vitest';
import { seat } from './seating.ts';

/** The most people that can sit, found by trying everything. */
function most(capacities: readonly number[], choices: readonly (readonly number[])[]): number {
  const [first, ...rest] = choices;
  if (!first) return 0;
  const seated = first.map((table) => {
    if ((capacities[table] ?? 0) === 0) return 0;
    return 1 + most(capacities.with(table, (capacities[table] ?? 0) - 1), rest);
  });
  return Math.max(most(capacities, rest), ...seated);
}

const tables = fc.array(fc.nat(3), { minLength: 1, maxLength: 4 });
const parties = tables.chain((capacities) =>
  fc.tuple(
    fc.constant(capacities),
    fc.array(fc.uniqueArray(fc.nat(capacities.length - 1), { maxLength: 4 }), { maxLength: 6 }),
  ),
);

it('seats as many as can be, nobody twice, nobody elsewhere, and no table beyond its seats', () => {
  fc.assert(
    fc.property(parties, ([capacities, choices]) => {
      const seats = seat(capacities, choices);
      expect(seats).toHaveLength(choices.length);
      seats.forEach((table, person) => {
        if (table !== undefined) expect(choices[person]).toContain(table);
      });
      capacities.forEach((capacity, index) => {
        expect(seats.filter((table) => table === index).length).toBeLessThanOrEqual(capacity);
      });
      expect(seats.filter((table) => table !== undefined)).toHaveLength(most(capacities, choices));
    }),
    { numRuns: 1000 },
  );
});

it('never takes a seat away from whoever came first', () => {
  expect.hasAssertions();
  fc.assert(
    fc.property(parties, ([capacities, choices]) => {
      const before = seat(capacities, choices.slice(0, -1));
      const after = seat(capacities, choices);
      before.forEach((table, person) => {
        if (table !== undefined) expect(after[person]).not.toBeUndefined();
      });
    }),
    { numRuns: 1000 },
  );
});
