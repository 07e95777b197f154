import { JOBS } from '../../api/kubernetes.ts';
import { MANAGED_BY, MANAGED_BY_LABEL, OPERATOR_NAMESPACE } from '../../api/names.ts';
import { fuseSpec } from '../../grant/objects.ts';
import type { Client } from '../../runtime/client.ts';
import { apiVersionOf, type KubernetesObject, type OwnerReference } from '../../runtime/object.ts';

/** How the canary's Jobs are named, and told from real fuses. */
export const CANARY_PREFIX = 'daypass-canary-';

/** The owner burns at once; what it owns would outlive it by far if nobody collected it. In seconds. */
const OWNER_TTL = 1;
const OWNED_TTL = 3600;

/**
 * Makes the canary's two Jobs; `id` is part of their names.
 * @throws ApiError
 */
export async function lightCanary(client: Client, id: string, signal: AbortSignal): Promise<void> {
  const owner = await client.create(JOBS, canaryJob(`${CANARY_PREFIX}${id}`, OWNER_TTL, []), { signal });
  const { name = '', uid = '' } = owner.metadata;
  const reference = { apiVersion: apiVersionOf(JOBS), kind: JOBS.kind, name, uid };
  await client.create(JOBS, canaryJob(`${CANARY_PREFIX}${id}-owned`, OWNED_TTL, [reference]), { signal });
}

function canaryJob(name: string, ttl: number, ownerReferences: OwnerReference[]): KubernetesObject {
  return {
    apiVersion: apiVersionOf(JOBS),
    kind: JOBS.kind,
    metadata: { name, namespace: OPERATOR_NAMESPACE, labels: { [MANAGED_BY_LABEL]: MANAGED_BY }, ownerReferences },
    spec: fuseSpec(name, ttl),
  };
}
