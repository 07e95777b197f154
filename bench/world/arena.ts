import type { Contender } from '../contender.ts';
import { Floor } from '../floor/floor.ts';
import { RawApi } from '../floor/raw-api.ts';
import { World } from './world.ts';

/** One of the two, in a world of its own. */
export interface Side {
  readonly world: World;
  readonly contender: Contender;
}

/** Two worlds that are alike, one with an operator, one with the floor, so that they can take turns. */
export interface Arena extends AsyncDisposable {
  readonly operator: Side;
  readonly floor: Side;
}

/** @param profile where the operator is to leave a profile of the processor */
export async function openArena(profile?: string): Promise<Arena> {
  await using stack = new AsyncDisposableStack();
  const worlds = await Promise.all([World.create(), World.create()]);
  for (const world of worlds) stack.use(world);
  const [left, right] = worlds;
  const operator = stack.use(await left.operator(profile));
  const api = stack.use(await RawApi.open(right.stage.operatorKubeconfig));
  const all = stack.move();
  return {
    operator: { world: left, contender: operator },
    floor: { world: right, contender: new Floor(api) },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

/** Lets both take turns, so that what the machine does beside this meets both alike. */
export async function takeTurns<T>(
  { operator, floor }: Arena,
  rounds: number,
  round: (side: Side) => Promise<T>,
): Promise<{ operator: T[]; floor: T[] }> {
  const results: { operator: T[]; floor: T[] } = { operator: [], floor: [] };
  for (let n = 0; n < rounds; n += 1) {
    results.operator.push(await takeTurn(operator, round));
    results.floor.push(await takeTurn(floor, round));
  }
  return results;
}

/** What a round comes to; rejects as soon as who plays it cannot go on. */
export function takeTurn<T>(side: Side, round: (side: Side) => Promise<T>): Promise<T> {
  return Promise.race([round(side), side.contender.broken]);
}
