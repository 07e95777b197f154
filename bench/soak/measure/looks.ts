import { setTimeout as pause } from 'node:timers/promises';
import type { OperatorProcess } from '../../../test/support/operator.ts';
import type { Sizes } from '../sizes.ts';
import { type Figure, lookAt, lookAtHeap } from './figures.ts';
import { blocksOf, growsBeyond, type Point, type Slope, slopeOf } from './trend.ts';

/** How long a collection may take, in milliseconds; it is over before anything else runs. */
const COLLECTION = 200;

/** How one figure has moved. */
export interface Trend {
  readonly figure: Figure;
  readonly slope: Slope;
  /** Over all looks. */
  readonly mean: number;
  readonly last: number;
  readonly grows: boolean;
}

/** Looks at an operator again and again, and tells how it has changed. */
export class Looks {
  readonly #operator: OperatorProcess;
  readonly #sizes: Sizes;
  readonly #seen: { readonly at: number; readonly values: ReadonlyMap<Figure, number> }[] = [];
  readonly #heap: { readonly at: number; readonly values: ReadonlyMap<Figure, number> }[] = [];

  constructor(operator: OperatorProcess, sizes: Sizes) {
    this.#operator = operator;
    this.#sizes = sizes;
  }

  /** Until the signal is aborted. Garbage is collected once a block: more often, it would not be the operator as it is. */
  async run(signal: AbortSignal): Promise<void> {
    const { look, block } = this.#sizes;
    const started = performance.now();
    while (!signal.aborted) {
      const at = performance.now();
      this.#seen.push({ at, values: await lookAt(this.#operator) });
      if (at - started >= this.#heap.length * block) {
        process.kill(this.#operator.pid, 'SIGUSR2');
        await pause(COLLECTION);
        this.#heap.push({ at, values: await lookAtHeap(this.#operator) });
      }
      await pause(look, undefined, { signal }).catch(() => undefined);
    }
  }

  /** A line for each figure. */
  trends(): Trend[] {
    return [this.#seen, this.#heap].flatMap((looks) => {
      const figures = new Set(looks.flatMap(({ values }) => [...values.keys()]));
      return Array.from(figures, (figure) => {
        // Types of handles are named only while there are any.
        const points = looks.map(({ at, values }) => ({ at, value: values.get(figure) ?? 0 }));
        return this.#trendOf(figure, points);
      });
    });
  }

  #trendOf(figure: Figure, points: readonly Point[]): Trend {
    const blocks = blocksOf(points, this.#sizes.block);
    const slope = slopeOf(blocks);
    const grows = figure.bound !== undefined && growsBeyond(slope, figure.bound);
    const mean = points.reduce((sum, { value }) => sum + value, 0) / points.length;
    return { figure, slope, mean, last: blocks.at(-1)?.value ?? Number.NaN, grows };
  }
}
