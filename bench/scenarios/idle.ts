import { rowsOf } from '../figures/row.ts';
import { spreadOf } from '../figures/spread.ts';
import { takeTurns } from '../world/arena.ts';
import { live, outlive } from '../world/life.ts';
import { latencies } from './lives.ts';
import { LATENCY, type Scenario } from './scenario.ts';

/** Requests one by one, with rests: what a person feels when nothing else goes on. */
export const idle: Scenario = async (bench) => {
  const { rounds, rest, idle: count } = bench.sizes;
  const arena = await bench.arena();
  const lives = await takeTurns(arena, rounds, (side) => oneByOne(count.lives, () => live(side, rest)));
  const lags = await takeTurns(arena, rounds, (side) => oneByOne(count.ends, () => outlive(side, rest)));
  return [
    ...latencies('idle', lives.operator.flat(), lives.floor.flat()),
    ...rowsOf('idle: lag of an end by time', spreadOf(lags.operator.flat()), spreadOf(lags.floor.flat()), LATENCY),
  ];
};

async function oneByOne<T>(count: number, work: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let n = 0; n < count; n += 1) results.push(await work());
  return results;
}
