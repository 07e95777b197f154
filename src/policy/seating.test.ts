import fc from 'fast-check';
import { expect, it } from 'vitest';
import { seat, seatApart } from './seating.ts';

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

/** People some of whom sit with none of their kind, nor with some others. */
const mixed = parties.chain(([capacities, choices]) => {
  const anybody = fc.array(fc.boolean(), { minLength: choices.length, maxLength: choices.length });
  const shunned = fc.array(anybody, { minLength: choices.length, maxLength: choices.length });
  return fc.tuple(fc.constant(capacities), fc.constant(choices), anybody, shunned);
});

function lonersAmong(isLoner: readonly boolean[], shunned: readonly (readonly boolean[])[]): Map<number, Set<number>> {
  return new Map(
    isLoner.flatMap((is, loner) => {
      const others = isLoner.flatMap((alike, other) => (!alike && shunned[loner]?.[other] ? [other] : []));
      return is ? [[loner, new Set(others)]] : [];
    }),
  );
}

function areApart(loners: ReadonlyMap<number, ReadonlySet<number>>, a: number, b: number): boolean {
  return (loners.has(a) && loners.has(b)) || loners.get(a)?.has(b) === true || loners.get(b)?.has(a) === true;
}

/** All the sets of people without two who are apart. */
function* companies(count: number, loners: ReadonlyMap<number, ReadonlySet<number>>): Generator<ReadonlySet<number>> {
  for (let bits = 0; bits < 2 ** count; bits++) {
    const members = Array.from({ length: count }, (_, person) => person).filter((person) => bits & (1 << person));
    if (!members.some((a) => members.some((b) => a !== b && areApart(loners, a, b)))) yield new Set(members);
  }
}

it('seats nobody with whom they are apart from, and as many as can be all the same', () => {
  fc.assert(
    fc.property(mixed, ([capacities, choices, isLoner, shunned]) => {
      const loners = lonersAmong(isLoner, shunned);
      const seats = seatApart(capacities, choices, loners);
      const seated = [...seats.keys()].filter((person) => seats[person] !== undefined);
      for (const a of seated) for (const b of seated) expect(a !== b && areApart(loners, a, b)).toBe(false);
      for (const person of seated) expect(choices[person]).toContain(seats[person]);
      const possible = [...companies(choices.length, loners)].map((members) =>
        most(
          capacities,
          choices.map((own, person) => (members.has(person) ? own : [])),
        ),
      );
      expect(seated).toHaveLength(Math.max(...possible));
    }),
    { numRuns: 1000 },
  );
});

it('seats everybody as ever where nobody is apart', () => {
  fc.assert(
    fc.property(parties, ([capacities, choices]) => {
      expect(seatApart(capacities, choices, new Map())).toEqual(seat(capacities, choices));
    }),
  );
});
