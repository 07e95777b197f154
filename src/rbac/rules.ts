import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Permission } from '../api/permission.ts';
import { type Metadata, storedMetadata } from '../api/read.ts';
import type { KubernetesObject } from '../runtime/object.ts';

const names = z.array(z.string()).default([]);

/** https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/cluster-role-v1/ */
const PolicyRule = z.object({
  verbs: names,
  apiGroups: names,
  resources: names,
  resourceNames: names,
  nonResourceURLs: names,
});
export type PolicyRule = z.infer<typeof PolicyRule>;

/** A ClusterRole; the rules of an aggregated one are those that Kubernetes has filled in. */
export interface ClusterRole {
  readonly metadata: Metadata;
  readonly rules: readonly PolicyRule[];
  /** {@link rulesHash} of the rules, made once, when the object is read. */
  readonly rulesHash: string;
  /**
   * It is aggregated and has no rules: Kubernetes has not filled it in yet, or found nothing to fill
   * it with, which look alike. What it is going to permit, nobody knows.
   */
  readonly unfilled: boolean;
}

/**
 * Reads a ClusterRole.
 * @throws ZodError for rules that are none: no API server stores such.
 */
export function readClusterRole(object: KubernetesObject): ClusterRole {
  const rules = z.array(PolicyRule).nullish().parse(object['rules']) ?? [];
  const unfilled = rules.length === 0 && (object['aggregationRule'] ?? undefined) !== undefined;
  return { metadata: storedMetadata(object.metadata), rules, rulesHash: rulesHash(rules), unfilled };
}

/** A Role that Daypass made, with the rules of a request. */
export type Role = Omit<ClusterRole, 'unfilled'>;

/**
 * Reads a Role.
 * @throws ZodError for rules that are none: no API server stores such.
 */
export function readRole(object: KubernetesObject): Role {
  const { unfilled: _, ...role } = readClusterRole(object);
  return role;
}

/** A permission as a rule of a Role. */
export function ruleOf({ verbs, apiGroups, resources, resourceNames = [] }: Permission): PolicyRule {
  return { verbs, apiGroups, resources, resourceNames, nonResourceURLs: [] };
}

/**
 * SHA-256 (hex) over what the rules permit as written. Order means nothing in RBAC, so it changes
 * nothing here; anything else does.
 */
export function rulesHash(rules: readonly PolicyRule[]): string {
  const canonical = rules.map(({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }) =>
    JSON.stringify([verbs, apiGroups, resources, resourceNames, nonResourceURLs].map((list) => list.toSorted())),
  );
  return createHash('sha256').update(JSON.stringify(canonical.toSorted())).digest('hex');
}

/**
 * The ClusterRoles that these rules let their holder bind by name. Rules that would let it bind
 * any role are not counted: Daypass hands out nothing that is not named (promise P7).
 * https://kubernetes.io/docs/reference/access-authn-authz/rbac/#restrictions-on-role-binding-creation-or-update
 */
export function bindableRoles(rules: readonly PolicyRule[]): ReadonlySet<string> {
  const bindable = rules.filter(
    ({ verbs, apiGroups, resources }) =>
      verbs.includes('bind') && apiGroups.includes('rbac.authorization.k8s.io') && resources.includes('clusterroles'),
  );
  return new Set(bindable.flatMap(({ resourceNames }) => resourceNames));
}
