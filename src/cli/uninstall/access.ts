import { ACCESS_REQUESTS, readAccessRequest } from '../../api/access-request.ts';
import { JOBS, readRoleBinding, ROLE_BINDINGS, ROLES } from '../../api/kubernetes.ts';
import { ANNOTATION, isManaged, isManagedName, OPERATOR_NAMESPACE } from '../../api/names.ts';
import type { Client } from '../../runtime/client.ts';
import { type KubernetesObject, keyOf, type Resource } from '../../runtime/object.ts';
import { listAll } from './list-all.ts';
import { nameOf } from './removals.ts';
import type { Site } from './site.ts';
import { untilNone } from './until-none.ts';

/** How long the operator may get nowhere with ending grants, in milliseconds, before they are ended without it. */
const PATIENCE = 10_000;

/** All access that there is by Daypass. */
export function grants(client: Client): Promise<KubernetesObject[]> {
  return managed(client, ROLE_BINDINGS);
}

/** A grant in a few words: `payments/daypass-…: daypass-view for jane until 2026-12-01T09:00:00Z`. */
export function describeGrant(object: KubernetesObject): string {
  const { roleRef, metadata } = readRoleBinding(object);
  const { annotations = {} } = metadata;
  const [who, until] = [annotations[ANNOTATION.requester], annotations[ANNOTATION.expiresAt]];
  return `${keyOf(nameOf(metadata))}: ${roleRef.name}, asked for by ${who ?? 'nobody knows whom'}, until ${until ?? 'no end'}`;
}

/** Waits for the operator to have ended all grants and put that on record; false where it does not. */
export async function endedByOperator({ client, clock }: Site): Promise<boolean> {
  return untilNone(clock, PATIENCE, async () => {
    const active = (await listAll(client, ACCESS_REQUESTS.resource)).filter(isActive);
    return active.length + (await grants(client)).length;
  });
}

/** Takes away all access that is left, bindings first since they alone give it, and sees it gone. */
export async function revoke({ client, removals, record, say }: Site): Promise<void> {
  for (const resource of [ROLE_BINDINGS, ROLES, JOBS]) {
    const told = new Set<string>();
    await removals.all(resource, async () => {
      const found = await managed(client, resource);
      await record.keep(found);
      for (const object of resource === ROLE_BINDINGS ? found : []) {
        const grant = describeGrant(object);
        if (!told.has(grant)) say(`access taken away: ${grant}`);
        told.add(grant);
      }
      return found;
    });
  }
  say('access: none is left');
}

/**
 * By label or by name: one that has lost its label gives access all the same. The canaries in
 * Daypass's own namespace give none, and go with that.
 */
async function managed(client: Client, resource: Resource): Promise<KubernetesObject[]> {
  return (await listAll(client, resource)).filter(({ metadata }) => {
    return (isManaged(metadata) || isManagedName(metadata)) && metadata.namespace !== OPERATOR_NAMESPACE;
  });
}

function isActive(object: KubernetesObject): boolean {
  const request = readAccessRequest(object);
  return !('unreadable' in request) && request.status.phase === 'Active';
}
