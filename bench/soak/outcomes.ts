import { hasEnded } from '../../src/api/access-request.ts';
import { EVENTS } from '../../src/api/kubernetes.ts';
import { ANNOTATION, requestUidOf } from '../../src/api/names.ts';
import type { HttpClient } from '../../src/runtime/http-client.ts';
import type { Observer } from '../../test/operator/observer.ts';
import { requestIn } from '../../test/operator/stage.ts';
import type { Kind } from './load/kinds.ts';

/** Requests of which something is still to be done. */
export function unfinished(requests: Pick<Observer, 'current'>): string[] {
  const all = [...requests.current.values()].map(requestIn);
  return all
    .filter((request) => !hasEnded(request) || request.metadata.deletionTimestamp !== undefined)
    .map(({ metadata, status }) => `request ${metadata.namespace}/${metadata.name} is ${status.phase ?? 'untouched'}`);
}

/**
 * The uids of requests that the operator gave up as it must: kept from giving access for so long
 * that it cannot know whether there was any (see `mayHaveBeenGiven`).
 */
export function givenUp({ seen }: Pick<Observer, 'seen'>): ReadonlySet<string> {
  const all = seen.map(({ object }) => requestIn(object));
  const uncertain = all.filter(({ status: { phase, history = [] } }) => {
    return phase === 'Lapsed' && history.at(-1)?.reason === 'Uncertain';
  });
  return new Set(uncertain.map(({ metadata }) => metadata.uid));
}

/** Which requests did not end as they must, with each entry of their history once. */
export function misfits(asked: ReadonlyMap<string, Kind>, requests: Pick<Observer, 'seen'>): string[] {
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
    const why = (status.history ?? []).at(-1)?.reason ?? 'nothing';
    return is === must ? [] : [`request ${uid} (${kind.name}) is ${is}, for ${why}; must be ${must}`];
  });
}

/** Which requests had more than one binding, or one that they must not have. */
export function doubles(asked: ReadonlyMap<string, Kind>, bindings: Pick<Observer, 'all'>): string[] {
  const byRequest = Map.groupBy(bindings.all('ADDED'), ({ object }) => requestUidOf(object.metadata));
  return Array.from(asked).flatMap(([uid, { name, history }]) => {
    const made = byRequest.get(uid) ?? [];
    const must = history.includes('Granted') ? 1 : 0;
    if (made.length === must) return [];
    const when = made.map(({ at, object }) => {
      return `, at ${new Date(at).toISOString()} until ${object.metadata.annotations?.[ANNOTATION.expiresAt]}`;
    });
    return [`request ${uid} (${name}) had ${made.length} bindings; must have ${must}${when.join('')}`];
  });
}

/** Which requests have not one Event for each entry of their history, and no other. */
export async function untold(asked: ReadonlyMap<string, Kind>, admin: Pick<HttpClient, 'list'>): Promise<string[]> {
  const { items } = await admin.list(EVENTS);
  const named = items.map(({ metadata }) => /^daypass\.(.+)\.([0-9]+)$/.exec(metadata.name ?? '') ?? []);
  const told = Map.groupBy(named, ([, uid]) => uid);
  return Array.from(asked).flatMap(([uid, { name, history }]) => {
    const sequences = (told.get(uid) ?? []).map(([, , sequence]) => Number(sequence));
    const [is, must] = [sequences.toSorted((one, other) => one - other).join(), history.map((_, n) => n + 1).join()];
    return is === must ? [] : [`request ${uid} (${name}) has Events ${is || 'none'}; must have ${must}`];
  });
}

/** How long after its end each binding was seen to go, in milliseconds; those that went before it are left out. */
export function lags(bindings: Pick<Observer, 'all'>): number[] {
  return bindings
    .all('DELETED')
    .map(({ at, object }) => at - Date.parse(object.metadata.annotations?.[ANNOTATION.expiresAt] ?? ''))
    .filter((lag) => lag >= 0);
}
