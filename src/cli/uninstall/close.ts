import { ACCESS_POLICIES, readPolicyStatus } from '../../api/access-policy.ts';
import { CUSTOM_RESOURCE_DEFINITIONS } from '../../api/kubernetes.ts';
import { formatTime } from '../../api/time.ts';
import { isApiError } from '../../runtime/errors.ts';
import { type KubernetesObject, type ObjectName, type Resource, resourceName } from '../../runtime/object.ts';
import { disarm } from './installation.ts';
import type { Site } from './site.ts';
import { untilNone } from './until-none.ts';

/** The Deny of everything that is there while Daypass is being removed. */
const CLOSING = { name: 'daypass-uninstall' };

/** How long the operator may take to show that it has read a policy, in milliseconds. It takes a few. */
const PATIENCE = 10_000;

const POLICIES = ACCESS_POLICIES.resource;
const POLICIES_DEFINITION = { name: resourceName(POLICIES) };

/**
 * From here on nothing new is granted: a policy denies it, which also ends, on record, what is
 * granted; and RBAC refuses it, should the operator not have read the policy. Resolves to whether
 * it has: then it is there.
 */
export async function close(site: Site): Promise<boolean> {
  const generation = await denyAll(site);
  await disarm(site);
  site.say('closed: nothing is granted any more');
  if (generation === undefined) return false;
  const isThere = await untilNone(site.clock, PATIENCE, async () => {
    const policy = await find(site, POLICIES, CLOSING);
    const { observedGeneration = 0 } = readPolicyStatus(policy?.['status']);
    return observedGeneration >= generation ? 0 : 1;
  });
  site.say(
    isThere
      ? 'the operator: it is there, and ends what is granted'
      : `the operator: no sign of it for ${PATIENCE / 1000} s, so all is done without it`,
  );
  return isThere;
}

/** The generation of the Deny, which is another one in each run; undefined where no policy can be made any more. */
async function denyAll(site: Site): Promise<number | undefined> {
  const definition = await find(site, CUSTOM_RESOURCE_DEFINITIONS, POLICIES_DEFINITION);
  if (!definition || definition.metadata.deletionTimestamp !== undefined) return undefined;
  const description = `Daypass is being removed: ${formatTime(site.clock.now())}`;
  const spec = { effect: 'Deny', description };
  const policy = (await find(site, POLICIES, CLOSING))
    ? await site.client.patch(POLICIES, CLOSING, { spec })
    : await site.client.create(POLICIES, { metadata: CLOSING, spec });
  return policy.metadata.generation ?? 1;
}

async function find({ client }: Site, resource: Resource, name: ObjectName): Promise<KubernetesObject | undefined> {
  try {
    return await client.get(resource, name);
  } catch (error) {
    if (isApiError(error, 'NotFound')) return undefined;
    throw error;
  }
}
