import { type Climate, CLIMATE, LASTING_CLIMATE, QUICK_CLIMATE } from './faults/climate.ts';

/** How much is done: enough to see what grows, or just enough to see that everything works. */
export interface Sizes {
  /** Before anything is measured, in milliseconds. */
  readonly warmUp: number;
  /** In milliseconds. */
  readonly measured: number;
  /** Between two looks at the operator, in milliseconds. */
  readonly look: number;
  /** What is seen in this time counts as one, in milliseconds: looks that follow each other say much the same. */
  readonly block: number;
  /** Between two requests, in milliseconds. */
  readonly between: number;
  /** How long grants last, in seconds: from, and below. */
  readonly grants: readonly [number, number];
  /** How long ended requests are kept. */
  readonly retention: string;
  /** While nothing is measured. */
  readonly warming: Climate;
  readonly climate: Climate;
  /** How long everything may take to settle once the faults are over, in milliseconds. */
  readonly settle: number;
}

/** In so many minutes, half of them for warming up, it can be told what grows. */
export const JUDGED = 40;

/**
 * Half of the time goes for warming up. Memory takes that long to find its level: it is raised by each of
 * the first silences, of which there is one in five minutes or so, as all that nobody heard of meanwhile is done at once.
 */
export function sizesFor(minutes: number): Sizes {
  return {
    warmUp: minutes * 30_000,
    measured: minutes * 30_000,
    look: 2_000,
    block: 60_000,
    between: 1_000,
    grants: [2, 12],
    retention: '1m',
    warming: CLIMATE,
    climate: LASTING_CLIMATE,
    settle: 420_000,
  };
}

/** Nothing in it lasts: a connection that is silent counts as dead after three minutes. */
export const TINY: Sizes = {
  warmUp: 500,
  measured: 4_000,
  look: 250,
  block: 500,
  between: 150,
  grants: [1, 3],
  retention: '2s',
  warming: QUICK_CLIMATE,
  climate: QUICK_CLIMATE,
  settle: 90_000,
};
