import { takeTurns } from '../world/arena.ts';
import { type Life, live } from '../world/life.ts';
import { latencies } from './lives.ts';
import type { Scenario } from './scenario.ts';

/** Requests one by one, with rests: what a person feels when nothing else goes on. */
export const idle: Scenario = async (bench) => {
  const { sizes } = bench;
  const turns = await takeTurns(await bench.arena(), sizes.rounds, async (side) => {
    const lives: Life[] = [];
    for (let n = 0; n < sizes.idle; n += 1) lives.push(await live(side, sizes.rest));
    return lives;
  });
  return latencies('idle', turns.operator.flat(), turns.floor.flat());
};
