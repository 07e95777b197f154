import { ACCESS_REQUESTS } from '../../src/api/access-request.ts';
import { ANNOTATION } from '../../src/api/names.ts';
import { type Metadata, objectName, storedMetadata } from '../../src/api/read.ts';
import { ask } from '../../test/operator/stage.ts';
import { rowsOf } from '../figures/row.ts';
import { spreadOf } from '../figures/spread.ts';
import { type Side, takeTurns } from '../world/arena.ts';
import { inParallel } from '../world/in-parallel.ts';
import { liveMany } from '../world/life.ts';
import { now, until } from '../world/now.ts';
import { TEAM } from '../world/world.ts';
import { LATENCY, type Scenario, THROUGHPUT } from './scenario.ts';

/** How many grants are asked for at once. */
const AT_ONCE = 16;
/** Asking rests for so long before each full second, in milliseconds: what is granted after it ends a second later. */
const MARGIN = 400;
/** What the time that asking should take is multiplied by, and what is added, in milliseconds: all must be there in time. */
const PATIENCE = { factor: 1.5, more: 3000 };

/** Many grants whose time is over in the same second. */
export const ends: Scenario = async (bench) => {
  const { rounds, ends: count } = bench.sizes;
  const { operator, floor } = await takeTurns(await bench.arena(), rounds, (side) => endAtOnce(side, count));
  const name = `${count} ends in one second`;
  return [
    ...rowsOf(`${name}: lag`, spreadOf(operator.flat()), spreadOf(floor.flat()), LATENCY),
    { figure: `${name}: ends`, unit: '/s', operator: rateOf(operator), floor: rateOf(floor), aim: THROUGHPUT },
  ];
};

/** A grant, and when it ends, in milliseconds since 1970. */
interface Grant {
  readonly request: Metadata;
  readonly end: number;
}

/** Resolves with how long after its end each binding was gone, in milliseconds. */
async function endAtOnce(side: Side, count: number): Promise<number[]> {
  const { bindings, requests, requester } = side.world;
  const trial = await liveMany(side, { lives: Math.ceil(count / 20), atOnce: AT_ONCE });
  const asking = (trial.took / trial.lives.length) * count * PATIENCE.factor + PATIENCE.more;
  const end = Math.floor((now() + asking) / 1000) * 1000;
  const all: Grant[] = [];
  await inParallel(AT_ONCE, Array.from({ length: count }).keys(), async () => all.push(await grantUntil(side, end)));
  // The few that were granted a second later end a second later, and are not among those that are measured.
  const seconds = [...Map.groupBy(all, (grant) => grant.end)].toSorted(([one], [other]) => one - other);
  for (const [due, grants] of seconds) {
    if (now() > due) throw new Error(`asking for ${count} grants took longer than they were to last`);
    await until(due);
    side.contender.over(
      grants.map(({ request }) => request.uid),
      'Expired',
    );
  }
  const gone = await Promise.all(
    all.map(async (grant) => ({ ...grant, at: await bindings.sight(grant.request.uid).gone })),
  );
  // Nothing holds a request once its end is on record: so when all are gone nothing is left to do.
  await inParallel(AT_ONCE, all, ({ request }) =>
    requester.delete(ACCESS_REQUESTS.resource, objectName(request), { uid: request.uid }),
  );
  await Promise.all(all.map(({ request }) => requests.sight(request.uid).gone));
  const [measured] = seconds.toSorted(([, some], [, others]) => others.length - some.length);
  return gone.filter((grant) => grant.end === measured?.[0]).map(({ at, end: due }) => at - due);
}

async function grantUntil({ world, contender }: Side, end: number): Promise<Grant> {
  await earlyInASecond();
  const duration = `${end / 1000 - Math.floor(now() / 1000)}s`;
  const asked = await ask(world.requester, TEAM, { duration });
  contender.asked(asked);
  const request = storedMetadata(asked.metadata);
  const { object } = await world.bindings.sight(request.uid).came;
  return { request, end: Date.parse(object.metadata.annotations?.[ANNOTATION.expiresAt] ?? '') };
}

async function earlyInASecond(): Promise<void> {
  const into = now() % 1000;
  if (into > 1000 - MARGIN) await until(now() - into + 1000);
}

/** Ends in a second, until the last of a round. */
function rateOf(rounds: readonly (readonly number[])[]): number {
  const took = rounds.reduce((sum, lags) => sum + Math.max(...lags), 0);
  return (rounds.flat().length / took) * 1000;
}
