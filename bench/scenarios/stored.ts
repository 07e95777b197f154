import { ask } from '../../test/operator/stage.ts';
import type { Row } from '../figures/row.ts';
import { spreadOf } from '../figures/spread.ts';
import { RawApi } from '../floor/raw-api.ts';
import { type Reading, readAll } from '../floor/reading.ts';
import { writeEnded } from '../floor/writes.ts';
import { untilCalm } from '../operator/busy.ts';
import { inParallel } from '../world/in-parallel.ts';
import { TEAM, World } from '../world/world.ts';
import type { Scenario } from './scenario.ts';

/** Long enough ago that nothing is left to deliver, not so long that they are deleted. */
const DAYS = 2;
const AT_ONCE = 32;
const MEGABYTE = 1024 * 1024;

/** Starts with so many requests stored that have ended. */
export const stored: Scenario = async ({ sizes, profile }) => {
  await using world = await World.create();
  await using api = await RawApi.open(world.stage.operatorKubeconfig);
  const rows: Row[] = [];
  let there = 0;
  for (const count of sizes.stored) {
    await inParallel(AT_ONCE, Array.from({ length: count - there }).keys(), async () => {
      await writeEnded(api, await ask(world.requester, TEAM, { duration: '1h' }), DAYS);
    });
    there = count;
    const aim = count === 0 ? ({ of: 'figure', atMost: 110 } as const) : undefined;
    rows.push(...(await startsOf(world, `${count} stored`, sizes, { profile, aim })));
  }
  return rows;
};

/** Starts operator and floor in turns; the time is the median, the memory the most that was seen when what comes with a start was done. */
export async function startsOf(
  world: World,
  name: string,
  { rounds, settle }: { rounds: number; settle: number },
  { profile, aim }: { profile: string | undefined; aim: Row['aim'] },
): Promise<Row[]> {
  const operator: Reading[] = [];
  const floor: Reading[] = [];
  for (let n = 0; n < rounds; n += 1) {
    operator.push(await start(world, settle, profile));
    floor.push(await readAll(world.stage.operatorKubeconfig));
  }
  const [took, least] = [operator, floor].map((all) => spreadOf(all.map((each) => each.took)).p50);
  const [rss, bare] = [operator, floor].map((all) => spreadOf(all.map((each) => each.rss)).max / MEGABYTE);
  return [
    { figure: `${name}: start-up to ready, p50`, unit: 'ms', operator: took ?? Number.NaN, floor: least },
    { figure: `${name}: memory (RSS) after a start`, unit: 'MB', operator: rss ?? Number.NaN, floor: bare, aim },
  ];
}

async function start(world: World, settle: number, profile: string | undefined): Promise<Reading> {
  await using operator = await world.operator(profile);
  await untilCalm(operator, settle);
  const { rss = Number.NaN } = await operator.used();
  return { took: operator.startUp, rss };
}
