import { ACCESS_REQUESTS, type AccessRequest } from '../../../src/api/access-request.ts';
import { ACCESS_REVIEWS } from '../../../src/api/access-review.ts';
import { ROLE_BINDINGS } from '../../../src/api/kubernetes.ts';
import { managedName, requestUidOf } from '../../../src/api/names.ts';
import type { KubernetesObject } from '../../../src/runtime/object.ts';
import { requestIn } from '../../operator/stage.ts';
import type { Scene } from './scene.ts';

/** Milliseconds: Kubernetes' collector takes what lost its fuse. */
const PATIENCE = 5000;

/**
 * What an attack got that it must not have, in words; empty where it got nothing. Whatever is still open is taken
 * back first, by whoever asked: what comes to its end that way has shown all that would become of it.
 */
export async function spoilsOf(scene: Scene): Promise<string[]> {
  const requests = (await Promise.all(scene.namespaces.map((namespace) => takenBack(scene, namespace)))).flat();
  const given = requests.filter(({ metadata, status }) => {
    const types = status.history?.map(({ type }) => type) ?? [];
    return types.some((type) => type === 'Granted' || type === 'EmergencyGranted') && !scene.granted.has(metadata.uid);
  });
  const bound = scene.arena.bindings.all('ADDED').filter(({ object: { metadata } }) => {
    const uid = requestUidOf(metadata);
    if (!isManaged(metadata.name ?? '')) return false;
    return scene.namespaces.includes(metadata.namespace ?? '') && !scene.granted.has(uid) && !scene.planted.has(uid);
  });
  return [
    ...given.map(({ metadata }) => `request ${metadata.name} was granted`),
    ...bound.map(({ object }) => `binding ${object.metadata.name} was made`),
    ...(await left(scene)),
  ];
}

/** Resolves with all requests of a namespace, ended. */
async function takenBack({ admin, arena }: Scene, namespace: string): Promise<AccessRequest[]> {
  const { items } = await admin.list(ACCESS_REQUESTS.resource, { namespace });
  const ends = items.map(requestIn).map(async ({ metadata: { name, uid }, spec, status }) => {
    if (status.endedAt === undefined) {
      const requester = await arena.as(spec.requester.username, 'system:masters');
      await requester.create(ACCESS_REVIEWS.resource, {
        metadata: { generateName: 'over-', namespace },
        spec: { request: { name, uid }, decision: 'Revoke' },
      });
    }
    const { object } = await arena.requests.find(`the end of ${name}`, (seen) => {
      return seen.object.metadata.uid === uid && requestIn(seen.object).status.endedAt !== undefined;
    });
    return requestIn(object);
  });
  return Promise.all(ends);
}

/** Bindings that are still there, whatever they are labelled, after the collector has had time to look. */
async function left({ arena: { bindings }, admin, namespaces }: Scene): Promise<string[]> {
  const isLeft = ({ metadata: { namespace = '', name = '' } }: KubernetesObject): boolean => {
    return namespaces.includes(namespace) && isManaged(name);
  };
  // What is left then is told by name.
  await bindings
    .until('no binding', () => ![...bindings.current.values()].some(isLeft), PATIENCE)
    .catch(() => undefined);
  const lists = await Promise.all(namespaces.map((namespace) => admin.list(ROLE_BINDINGS, { namespace })));
  const all = lists.flatMap(({ items }) => items).filter(isLeft);
  return all.map(({ metadata }) => `binding ${metadata.namespace}/${metadata.name} is still there`);
}

function isManaged(name: string): boolean {
  return managedName(requestUidOf({ name })) === name && name.length === managedName(crypto.randomUUID()).length;
}
