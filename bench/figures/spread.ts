/** What many measurements of one thing come to. */
export interface Spread {
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
}

/** @throws RangeError where nothing was measured */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((one, other) => one - other);
  const at = (share: number) => {
    const value = sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)];
    if (value === undefined) throw new RangeError('nothing was measured');
    return value;
  };
  return { p50: at(0.5), p95: at(0.95), max: at(1) };
}
