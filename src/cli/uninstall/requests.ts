import { ACCESS_POLICIES } from '../../api/access-policy.ts';
import { ACCESS_REQUESTS, type AccessRequest, needsAfterReview, readAccessRequest } from '../../api/access-request.ts';
import { ACCESS_REVIEWS } from '../../api/access-review.ts';
import type { Client } from '../../runtime/client.ts';
import { isApiError } from '../../runtime/errors.ts';
import { keyOf, type KubernetesObject, type Resource } from '../../runtime/object.ts';
import { listAll } from './list-all.ts';
import { nameOf } from './removals.ts';
import { type Site, UninstallError } from './site.ts';
import { untilNone } from './until-none.ts';

/** How long the operator may take to let a request go, in milliseconds: it waits up to 30 s for Events. */
const PATIENCE = 45_000;

const REQUESTS = ACCESS_REQUESTS.resource;

/** The emergencies that nobody has reviewed yet. */
async function unreviewed(client: Client): Promise<AccessRequest[]> {
  return (await listAll(client, REQUESTS)).flatMap((object) => {
    const request = readAccessRequest(object);
    return 'unreadable' in request || !needsAfterReview(request) ? [] : [request];
  });
}

/** @throws UninstallError that names them, if there are any */
export async function refuseUnreviewed(client: Client): Promise<void> {
  const found = await unreviewed(client);
  if (found.length === 0) return;
  const names = found.map(({ metadata, spec }) => `${keyOf(nameOf(metadata))} by ${spec.requester.username}`);
  throw new UninstallError(
    `emergencies that nobody has reviewed: ${names.join(', ')}. Have them reviewed while the operator runs, ` +
      'or say --abandon-emergencies: then nobody ever will, and all that is left of them is in the record',
  );
}

/** Deletes all requests, and waits for the operator to let them go; abandoned emergencies it would keep. */
export async function releasedByOperator(site: Site): Promise<boolean> {
  return untilNone(site.clock, PATIENCE, () => sendAway(site, isUnreviewed));
}

/**
 * Deletes all requests that are left, and lets them go: their access is gone, and nobody else will.
 * @throws UninstallError where they do not go, or new ones keep coming
 */
export async function release(site: Site): Promise<void> {
  const gone = await untilNone(site.clock, PATIENCE, () => sendAway(site, () => true));
  if (!gone) {
    throw new UninstallError('there are still requests: somebody goes on asking. Stop that, then run this again');
  }
  for (const { resource } of [ACCESS_REVIEWS, ACCESS_POLICIES]) {
    const objects = await listAll(site.client, resource);
    await site.record.keep(objects);
    for (const object of objects) await letGo(site.client, resource, object);
  }
  site.say(`requests: none is left; ${site.record.size} objects are on record`);
}

async function sendAway(site: Site, isOurs: (request: KubernetesObject) => boolean): Promise<number> {
  const { client, record, removals } = site;
  for (const { resource } of [ACCESS_POLICIES, ACCESS_REVIEWS]) await record.keep(await listAll(client, resource));
  const requests = await listAll(client, REQUESTS);
  await record.keep(requests);
  for (const request of requests) {
    await removals.one(REQUESTS, request);
    if (isOurs(request)) await letGo(client, REQUESTS, request);
  }
  return requests.length;
}

function isUnreviewed(object: KubernetesObject): boolean {
  const request = readAccessRequest(object);
  return !('unreadable' in request) && needsAfterReview(request);
}

/** Takes off whatever holds an object: once Daypass is gone, so is all that a finalizer of anybody's could be about. */
async function letGo(client: Client, resource: Resource, { metadata }: KubernetesObject): Promise<void> {
  const { uid, finalizers = [] } = metadata;
  if (finalizers.length === 0) return;
  try {
    await client.patch(resource, nameOf(metadata), { metadata: { uid, finalizers: null } });
  } catch (error) {
    if (!isApiError(error, 'NotFound', 'Conflict')) throw error;
  }
}
