import { setTimeout as pause } from 'node:timers/promises';
import type { OperatorProcess } from '../../../test/support/operator.ts';
import type { Sizes } from '../sizes.ts';
import { type Figure, lookAt } from './figures.ts';
import { atMost, blocksOf, type Point, type Slope, slopeOf } from './trend.ts';

/** How one figure has moved. */
export interface Trend {
  readonly figure: Figure;
  readonly slope: Slope;
  /** What the line goes through, one for each block of time. */
  readonly course: readonly number[];
  /** Over all looks. */
  readonly mean: number;
  /** Per hour, as far as could be told. */
  readonly atMost: number;
  /** Whether that is more than it may be. What could not be told counts as growing. */
  readonly grows: boolean;
}

/** Looks at an operator again and again, and tells how it has changed. */
export class Looks {
  readonly #operator: OperatorProcess;
  readonly #sizes: Sizes;
  readonly #seen: { readonly at: number; readonly values: ReadonlyMap<Figure, number> }[] = [];

  constructor(operator: OperatorProcess, sizes: Sizes) {
    this.#operator = operator;
    this.#sizes = sizes;
  }

  /** Until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const at = performance.now();
      this.#seen.push({ at, values: await lookAt(this.#operator) });
      await pause(this.#sizes.look, undefined, { signal }).catch(() => undefined);
    }
  }

  /** A line for each figure. */
  trends(): Trend[] {
    const figures = new Set(this.#seen.flatMap(({ values }) => [...values.keys()]));
    return Array.from(figures, (figure) => {
      // Types of handles are named only while there are any.
      const points = this.#seen.map(({ at, values }) => ({ at, value: values.get(figure) ?? 0 }));
      return trendOf(figure, points, this.#sizes.block);
    });
  }
}

/** The line through what was seen of a figure in blocks of so many milliseconds. */
export function trendOf(figure: Figure, points: readonly Point[], block: number): Trend {
  const blocks = blocksOf(points, block);
  const slope = slopeOf(blocks);
  const most = atMost(slope);
  const mean = points.reduce((sum, { value }) => sum + value, 0) / points.length;
  const grows = figure.bound !== undefined && !(most <= figure.bound);
  return { figure, slope, course: blocks.map(({ value }) => value), mean, atMost: most, grows };
}
