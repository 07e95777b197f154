import { ACCESS_POLICIES } from '../../api/access-policy.ts';
import { NAMESPACES } from '../../api/kubernetes.ts';
import type { Confirmation } from '../../grant/plan.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * A denial is final, so before one is written the API server itself is asked whether the policies
 * and the namespace are still as they were read: whoever applies a policy and a request together
 * must not lose to a watch that lags.
 */
export function confirmInputs({ policies, namespace }: Snapshot): Confirmation[] {
  const versions = new Map(policies.map(({ metadata }) => [metadata.uid, metadata.resourceVersion]));
  const all: Confirmation = { verb: 'confirmAll', resource: ACCESS_POLICIES.resource, versions };
  if (!namespace) return [all];
  const { name, resourceVersion } = namespace.metadata;
  return [all, { verb: 'confirmVersion', resource: NAMESPACES, name: { name }, resourceVersion }];
}
