/**
 * Gives as many people as possible a seat each: a maximum matching by augmenting paths. Who comes
 * first keeps a seat once they have one, though it may become another.
 * @param capacities seats at each table
 * @param choices for each person, the tables at which they may sit
 * @returns for each person their table, or undefined
 */
export function seat(
  capacities: readonly number[],
  choices: readonly (readonly number[])[],
): readonly (number | undefined)[] {
  const tables = capacities.map((capacity) => ({ capacity, seated: new Set<number>() }));

  function place(person: number, visited: Set<number>): boolean {
    for (const index of choices[person] ?? []) {
      const table = tables[index];
      if (!table || visited.has(index)) continue;
      visited.add(index);
      if (table.seated.size < table.capacity) {
        table.seated.add(person);
        return true;
      }
      for (const other of table.seated) {
        if (!place(other, visited)) continue;
        table.seated.delete(other);
        table.seated.add(person);
        return true;
      }
    }
    return false;
  }

  for (const person of choices.keys()) place(person, new Set());
  return choices.map((_, person) => {
    const index = tables.findIndex(({ seated }) => seated.has(person));
    return index < 0 ? undefined : index;
  });
}

/**
 * The same where some sit with no other of their kind, and not with everybody else: one of them at
 * most has a seat. As many as possible are seated; where that can be done in several ways, whoever
 * came first keeps theirs.
 * @param loners by person, those of the others with whom they do not sit
 */
export function seatApart(
  capacities: readonly number[],
  choices: readonly (readonly number[])[],
  loners: ReadonlyMap<number, ReadonlySet<number>>,
): readonly (number | undefined)[] {
  const parties = [undefined, ...loners.keys()].map((loner) => {
    const shunned = loner === undefined ? undefined : loners.get(loner);
    const sits = (person: number) => person === loner || !(loners.has(person) || shunned?.has(person));
    const seats = seat(
      capacities,
      choices.map((own, person) => (sits(person) ? own : [])),
    );
    const standing = seats.map((table) => (table === undefined ? '1' : '0')).join('');
    return { seats, seated: standing.replaceAll('1', '').length, standing };
  });
  const [best] = parties.toSorted((a, b) => b.seated - a.seated || (a.standing < b.standing ? -1 : 1));
  return best?.seats ?? [];
}
