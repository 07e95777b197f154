import {
  ADMISSION_RESOURCES,
  CLUSTER_ROLE_BINDINGS,
  CLUSTER_ROLES,
  CUSTOM_RESOURCE_DEFINITIONS,
  DEPLOYMENTS,
  FLOW_SCHEMAS,
  MUTATING_ADMISSION_POLICIES,
  MUTATING_ADMISSION_POLICY_BINDINGS,
  NAMESPACES,
  PRIORITY_LEVELS,
} from '../../api/kubernetes.ts';
import { GRANTABLE_ROLE, INSTALLED_SELECTOR, OPERATOR_NAME, OPERATOR_NAMESPACE, PREFIX } from '../../api/names.ts';
import type { Client } from '../../runtime/client.ts';
import type { KubernetesObject, Resource } from '../../runtime/object.ts';
import { listAll } from './list-all.ts';
import type { Site } from './site.ts';

/**
 * The kinds of what `deploy/` creates outside of its namespace, in the order in which they go.
 * Admission policies hold requests to the truth for as long as there can be any: an operator that
 * is installed later would believe what was made without them.
 */
export const INSTALLED_KINDS = [
  CUSTOM_RESOURCE_DEFINITIONS,
  CLUSTER_ROLE_BINDINGS,
  CLUSTER_ROLES,
  ADMISSION_RESOURCES.ValidatingAdmissionPolicyBinding,
  ADMISSION_RESOURCES.ValidatingAdmissionPolicy,
  MUTATING_ADMISSION_POLICY_BINDINGS,
  MUTATING_ADMISSION_POLICIES,
  FLOW_SCHEMAS,
  PRIORITY_LEVELS,
  NAMESPACES, // with all that is in it
] as const satisfies readonly Resource[];

/** What installing Daypass has created of such a kind: by label and by name, so that nobody else's is ever among it. */
export async function installed(client: Client, resource: Resource): Promise<KubernetesObject[]> {
  const labelled = await listAll(client, resource, INSTALLED_SELECTOR);
  return labelled.filter(({ metadata: { name = '' } }) => name.startsWith(PREFIX) || name.endsWith('.daypass.dev'));
}

/** Takes away what the operator can hand out, and nothing else: from here on RBAC refuses it every new grant. */
export async function disarm({ client, removals }: Site): Promise<void> {
  await removals.all(CLUSTER_ROLE_BINDINGS, () => bindingsNamed(client, GRANTABLE_ROLE));
}

/** Stops the operator for good: one that goes on somewhere, or hangs and wakes up, can do nothing any more. */
export async function stopOperator({ client, removals, say }: Site): Promise<void> {
  await removals.all(DEPLOYMENTS, async () => {
    const found = await listAll(client, DEPLOYMENTS, INSTALLED_SELECTOR);
    return found.filter(({ metadata }) => metadata.namespace === OPERATOR_NAMESPACE);
  });
  await removals.all(CLUSTER_ROLE_BINDINGS, () => bindingsNamed(client, GRANTABLE_ROLE, OPERATOR_NAME));
  say('the operator: stopped, and without any rights');
}

/** The rest, with the kinds of Daypass first, and its namespace last. */
export async function removeInstallation({ client, removals, say }: Site): Promise<void> {
  for (const resource of INSTALLED_KINDS) {
    const count = await removals.all(resource, () => installed(client, resource));
    if (count > 0) say(`${resource.plural}: ${count} removed`);
  }
}

async function bindingsNamed(client: Client, ...names: readonly string[]): Promise<KubernetesObject[]> {
  const found = await installed(client, CLUSTER_ROLE_BINDINGS);
  return found.filter(({ metadata: { name = '' } }) => names.includes(name));
}
