import { setTimeout as pause } from 'node:timers/promises';
import { ACCESS_REQUESTS } from '../../src/api/access-request.ts';
import { ANNOTATION } from '../../src/api/names.ts';
import { objectName, storedMetadata } from '../../src/api/read.ts';
import { ask } from '../../test/operator/stage.ts';
import type { Side } from './arena.ts';
import { inParallel } from './in-parallel.ts';
import { now, until } from './now.ts';
import { TEAM } from './world.ts';

/** How long it took, in milliseconds. */
export interface Life {
  /** From when the request was sent until its RoleBinding was seen. */
  readonly toBinding: number;
  /** From when its deletion was sent until the RoleBinding was seen to go. */
  readonly toGone: number;
}

/**
 * One life of a request: asked for, active, given back by its requester, gone.
 * @param rest how long it rests when it is active, in milliseconds, and again when it is gone
 */
export async function live({ world, contender }: Side, rest = 0): Promise<Life> {
  const asked = now();
  const request = await ask(world.requester, TEAM, { duration: '1h' });
  contender.asked(request);
  const metadata = storedMetadata(request.metadata);
  const { uid } = metadata;
  const [binding, seen] = [world.bindings.sight(uid), world.requests.sight(uid)];
  const { at: bound } = await binding.came;
  await seen.came;
  await pause(rest);
  const left = now();
  await world.requester.delete(ACCESS_REQUESTS.resource, objectName(metadata), { uid });
  contender.over([uid], 'Revoked');
  const gone = await binding.gone;
  await seen.gone;
  await pause(rest);
  return { toBinding: bound - asked, toGone: gone - left };
}

/**
 * One life that ends because its time is over: how long after that its RoleBinding was seen to go, in milliseconds.
 * @param rest how long it rests when it is gone, in milliseconds
 */
export async function outlive({ world, contender }: Side, rest: number): Promise<number> {
  const request = await ask(world.requester, TEAM, { duration: '2s' });
  contender.asked(request);
  const metadata = storedMetadata(request.metadata);
  const { uid } = metadata;
  const [binding, seen] = [world.bindings.sight(uid), world.requests.sight(uid)];
  const { object } = await binding.came;
  const end = Date.parse(object.metadata.annotations?.[ANNOTATION.expiresAt] ?? '');
  await seen.came;
  await until(end);
  contender.over([uid], 'Expired');
  const gone = await binding.gone;
  await world.requester.delete(ACCESS_REQUESTS.resource, objectName(metadata), { uid });
  await seen.gone;
  await pause(rest);
  return gone - end;
}

/** Many lives, so many at once: what each took, and all together, in milliseconds. */
export async function liveMany(
  side: Side,
  { lives, atOnce }: { lives: number; atOnce: number },
): Promise<{ lives: readonly Life[]; took: number }> {
  const done: Life[] = [];
  const started = now();
  await inParallel(atOnce, Array.from({ length: lives }).keys(), async () => done.push(await live(side)));
  return { lives: done, took: now() - started };
}
