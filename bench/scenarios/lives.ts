import { type Row, rowsOf } from '../figures/row.ts';
import { spreadOf } from '../figures/spread.ts';
import type { Life } from '../world/life.ts';
import { LATENCY } from './scenario.ts';

/** How long the steps of all these lives took. */
export function latencies(name: string, operator: readonly Life[], floor: readonly Life[]): Row[] {
  const spreads = (part: keyof Life) =>
    [spreadOf(operator.map((life) => life[part])), spreadOf(floor.map((life) => life[part]))] as const;
  return [
    ...rowsOf(`${name}: request to binding`, ...spreads('toBinding'), LATENCY),
    ...rowsOf(`${name}: end to binding gone`, ...spreads('toGone'), LATENCY),
  ];
}
