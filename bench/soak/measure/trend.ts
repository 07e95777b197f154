/** One figure at one moment, in milliseconds. */
export interface Point {
  readonly at: number;
  readonly value: number;
}

/** How a figure moves: per hour, and how sure that is. */
export interface Slope {
  readonly perHour: number;
  /** The standard error of `perHour`. */
  readonly error: number;
}

const HOUR = 3_600_000;
/** So many standard errors above what was measured, the truth is hardly ever. */
const SURE = 2.5;

/**
 * What is seen in blocks of time: of each, the value that a quarter of its looks is not above. What is
 * leaked never goes away, so it shows in that as in any other; what comes and goes, as garbage does
 * and connections in bursts, hardly does. Looks that follow each other closely are alike, whatever the
 * trend, so that a line through all of them would seem surer than it is.
 */
export function blocksOf(points: readonly Point[], ms: number): Point[] {
  const from = points[0]?.at ?? 0;
  const blocks = Map.groupBy(points, ({ at }) => Math.floor((at - from) / ms));
  return Array.from(blocks.values(), (block) => ({ at: mean(block, 'at'), value: lowerQuartile(block) }));
}

/** The line through these that is nearest by least squares. NaN where there are less than three. */
export function slopeOf(points: readonly Point[]): Slope {
  if (points.length < 3) return { perHour: Number.NaN, error: Number.NaN };
  const [centre, level] = [mean(points, 'at'), mean(points, 'value')];
  const spread = sum(points, ({ at }) => (at - centre) ** 2);
  const perMs = sum(points, ({ at, value }) => (at - centre) * (value - level)) / spread;
  const rest = sum(points, ({ at, value }) => (value - level - perMs * (at - centre)) ** 2);
  return { perHour: perMs * HOUR, error: Math.sqrt(rest / (points.length - 2) / spread) * HOUR };
}

/** By how much a figure may be growing per hour, as far as was seen: it grows by more hardly ever. NaN where that cannot be told. */
export function atMost({ perHour, error }: Slope): number {
  return perHour + SURE * error;
}

function lowerQuartile(points: readonly Point[]): number {
  const sorted = points.map(({ value }) => value).toSorted((one, other) => one - other);
  return sorted[Math.floor((sorted.length - 1) / 4)] ?? Number.NaN;
}

function mean(points: readonly Point[], part: keyof Point): number {
  return sum(points, (point) => point[part]) / points.length;
}

function sum(points: readonly Point[], of: (point: Point) => number): number {
  return points.reduce((total, point) => total + of(point), 0);
}
