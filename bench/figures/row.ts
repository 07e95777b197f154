import type { Spread } from './spread.ts';

/** What a figure is to be: a bound of it, or of its ratio to the floor. */
export interface Aim {
  readonly of: 'figure' | 'ratio';
  readonly atMost?: number;
  readonly atLeast?: number;
}

/** One line of the table. */
export interface Row {
  readonly figure: string;
  readonly unit: string;
  readonly operator: number;
  /** Absent where there is nothing to compare with. */
  readonly floor?: number | undefined;
  readonly aim?: Aim | undefined;
}

/** Median, 95th percentile and maximum, a line each; the aim is for the first two. */
export function rowsOf(figure: string, operator: Spread, floor: Spread, aim: Aim): Row[] {
  return (['p50', 'p95', 'max'] as const).map((part) => ({
    figure: `${figure}, ${part}`,
    unit: 'ms',
    operator: operator[part],
    floor: floor[part],
    aim: part === 'max' ? undefined : aim,
  }));
}

/** How the figure stands to the floor. */
export function ratioOf({ operator, floor }: Row): number | undefined {
  return floor === undefined ? undefined : operator / floor;
}

/** Whether it is not what it is to be. */
export function isMissed(row: Row): boolean {
  const { aim } = row;
  if (!aim) return false;
  const value = aim.of === 'ratio' ? (ratioOf(row) ?? Number.NaN) : row.operator;
  return !(value <= (aim.atMost ?? Infinity) && value >= (aim.atLeast ?? -Infinity));
}
