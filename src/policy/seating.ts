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
