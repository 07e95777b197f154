/** When something was away, in milliseconds since 1970. */
export interface Outage {
  readonly from: number;
  readonly to: number;
}

/** How long it was away between two moments, in milliseconds. The outages do not overlap. */
export function timeAway(outages: readonly Outage[], from: number, to: number): number {
  const overlaps = outages.map((outage) => Math.min(outage.to, to) - Math.max(outage.from, from));
  return overlaps.reduce((sum, overlap) => sum + Math.max(overlap, 0), 0);
}

/** Numbers in [0, 1), the same ones for the same seed. A linear congruential generator: spread is all it is for. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
