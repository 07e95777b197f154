import type { Row } from '../figures/row.ts';
import { type Side, takeTurns } from '../world/arena.ts';
import { type Life, liveMany } from '../world/life.ts';
import { latencies } from './lives.ts';
import { type Scenario, THROUGHPUT } from './scenario.ts';

/** What some lives took, in milliseconds, and cost: calls of the API, and where it is known seconds of processor time. */
interface Round {
  readonly lives: readonly Life[];
  readonly took: number;
  readonly calls: number;
  readonly cpu: number;
}

/** As many whole lives as go, by how many are in flight. */
export const lifecycles: Scenario = async (bench) => {
  const { sizes } = bench;
  const arena = await bench.arena();
  const rows: Row[] = [];
  for (const many of sizes.lives) {
    const turns = await takeTurns(arena, sizes.rounds, (side) => play(side, many));
    rows.push(...rowsFor(`${many.atOnce} in flight`, together(turns.operator), together(turns.floor)));
  }
  return rows;
};

async function play(side: Side, many: { lives: number; atOnce: number }): Promise<Round> {
  const before = await side.contender.used();
  const result = await liveMany(side, many);
  const after = await side.contender.used();
  return { ...result, calls: after.calls - before.calls, cpu: (after.cpu ?? 0) - (before.cpu ?? 0) };
}

function together(rounds: readonly Round[]): Round {
  const sum = (part: 'took' | 'calls' | 'cpu') => rounds.reduce((total, round) => total + round[part], 0);
  return { lives: rounds.flatMap(({ lives }) => lives), took: sum('took'), calls: sum('calls'), cpu: sum('cpu') };
}

function rowsFor(name: string, operator: Round, floor: Round): Row[] {
  const perSecond = ({ lives, took }: Round) => (lives.length / took) * 1000;
  const calls = (round: Round) => round.calls / round.lives.length;
  const cpu = (operator.cpu / operator.lives.length) * 1000;
  return [
    {
      figure: `${name}: lifecycles`,
      unit: '/s',
      operator: perSecond(operator),
      floor: perSecond(floor),
      aim: THROUGHPUT,
    },
    ...latencies(name, operator.lives, floor.lives),
    { figure: `${name}: API calls per lifecycle`, unit: '', operator: calls(operator), floor: calls(floor) },
    { figure: `${name}: processor time per lifecycle`, unit: 'ms', operator: cpu },
  ];
}
