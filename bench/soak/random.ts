/** Any of these, each as likely. @throws RangeError where there are none */
export function oneOf<T>(all: readonly T[], random: () => number): T {
  const [found] = all.slice(Math.floor(random() * all.length));
  if (found === undefined) throw new RangeError('nothing to choose from');
  return found;
}

/** A number from the first on, below the second. */
export function between([from, below]: readonly [number, number], random: () => number): number {
  return from + random() * (below - from);
}
