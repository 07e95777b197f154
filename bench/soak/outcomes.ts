import { hasEnded } from '../../src/api/access-request.ts';
import { EVENTS } from '../../src/api/kubernetes.ts';
import { ANNOTATION, requestUidOf } from '../../src/api/names.ts';
import type { HttpClient } from '../../src/runtime/http-client.ts';
import type { Observer } from '../../test/operator/observer.ts';
import { requestIn } from '../../test/operator/stage.ts';
import type { Kind } from './load/kinds.ts';

/** Requests of which something is still to be done. */
export function unfinished(requests: Observer): string[] {
  const all = [...requests.current.values()].map(requestIn);
  return all
    .filter((request) => !hasEnded(request) || request.metadata.deletionTimestamp !== undefined)
    .map(({ metadata, status }) => `request ${metadata.namespace}/${metadata.name} is ${status.phase ?? 'untouched'}`);
}

/** Which requests did not end as they must, with each entry of their history once. */
export function misfits(asked: ReadonlyMap<string, Kind>, requests: Observer): string[] {
  // Gone or not: what is gone was seen once more as it went.
  const last = new Map(requests.seen.map(({ object }) => [object.metadata.uid ?? '', object]));
  return Array.from(asked).flatMap(([uid, kind]) => {
    const object = last.get(uid);
    if (!object) return [`request ${uid} (${kind.name}) was never seen`];
    const { status } = requestIn(object);
    const [is, must] = [
      [status.phase ?? '', ...(status.history ?? []).map(({ type }) => type)].join(' '),
      [kind.phase, ...kind.history].join(' '),
    ];
    return is === must ? [] : [`request ${uid} (${kind.name}) is ${is}; must be ${must}`];
  });
}

/** Which requests had more than one binding, or one that they must not have. */
export function doubles(asked: ReadonlyMap<string, Kind>, bindings: Observer): string[] {
  const made = Map.groupBy(bindings.all('ADDED'), ({ object }) => requestUidOf(object.metadata));
  return Array.from(asked).flatMap(([uid, { name, history }]) => {
    const [is, must] = [made.get(uid)?.length ?? 0, history.includes('Granted') ? 1 : 0];
    return is === must ? [] : [`request ${uid} (${name}) had ${is} bindings; must have ${must}`];
  });
}

/** Which entries of histories have no Event. */
export async function unsaid(asked: ReadonlyMap<string, Kind>, admin: HttpClient): Promise<string[]> {
  const { items } = await admin.list(EVENTS);
  const names = new Set(items.map(({ metadata }) => metadata.name));
  return Array.from(asked).flatMap(([uid, { history }]) =>
    history.flatMap((type, n) =>
      names.has(`daypass.${uid}.${n + 1}`) ? [] : [`no Event ${n + 1} (${type}) of ${uid}`],
    ),
  );
}

/** How long after its end each binding was seen to go, in milliseconds; those that went before it are left out. */
export function lags(bindings: Observer): number[] {
  return bindings
    .all('DELETED')
    .map(({ at, object }) => at - Date.parse(object.metadata.annotations?.[ANNOTATION.expiresAt] ?? ''))
    .filter((lag) => lag >= 0);
}
