import type { Job, RoleBinding } from '../api/kubernetes.ts';
import { ANNOTATION } from '../api/names.ts';
import { type PolicyRule, type Role, rulesHash } from '../rbac/rules.ts';
import type { KubernetesObject, ObjectMeta } from '../runtime/object.ts';

/**
 * The first field in which a binding is not what was planned, or undefined. What others may add
 * (their own labels, annotations, finalizers) is no drift; anything that says who, what, until
 * when or who collects it is.
 */
export function bindingDrift(found: RoleBinding, planned: KubernetesObject): string | undefined {
  if (!sameSubjects(found.subjects, planned['subjects'])) return 'subjects';
  if (!sameRoleRef(found.roleRef, planned['roleRef'])) return 'roleRef';
  return metadataDrift(found.metadata, planned.metadata);
}

/** The same for the Role of a request by permission: any other rule is another role. */
export function roleDrift(found: Role, rules: readonly PolicyRule[], planned: KubernetesObject): string | undefined {
  if (found.rulesHash !== rulesHash(rules)) return 'rules';
  return metadataDrift(found.metadata, planned.metadata);
}

/** The same for a fuse: it must run no pod, be finished from the start, and burn on time. */
export function fuseDrift(found: Job, planned: KubernetesObject): string | undefined {
  const spec: Readonly<Record<string, unknown>> = { ...asFields(planned['spec']) };
  for (const field of ['completions', 'parallelism', 'ttlSecondsAfterFinished'] as const) {
    if (found.spec[field] !== spec[field]) return `spec.${field}`;
  }
  if (found.spec.suspend === true) return 'spec.suspend';
  if (found.spec.managedBy !== undefined) return 'spec.managedBy'; // the Job controller would leave it alone
  return metadataDrift(found.metadata, planned.metadata);
}

/** The policy may be another by now: a grant can go on under one that also permits it, and with it whose approvals count. */
const MOVING: ReadonlySet<string> = new Set([ANNOTATION.policy, ANNOTATION.approvedBy]);

function metadataDrift(found: ObjectMeta, planned: ObjectMeta): string | undefined {
  for (const [key, value] of Object.entries(planned.labels ?? {})) {
    if (found.labels?.[key] !== value) return `metadata.labels.${key}`;
  }
  for (const key of Object.values(ANNOTATION)) {
    if (!MOVING.has(key) && found.annotations?.[key] !== planned.annotations?.[key]) {
      return `metadata.annotations.${key}`;
    }
  }
  const owners = (found.ownerReferences ?? []).map(({ kind, uid }) => `${kind}/${uid}`);
  const plannedOwners = (planned.ownerReferences ?? []).map(({ kind, uid }) => `${kind}/${uid}`);
  return owners.join() === plannedOwners.join() ? undefined : 'metadata.ownerReferences';
}

function sameSubjects(found: RoleBinding['subjects'], planned: unknown): boolean {
  if (!Array.isArray(planned) || found.length !== planned.length) return false;
  return found.every((subject, index) => sameFields(subject, asFields(planned[index]), ['kind', 'namespace', 'name']));
}

function sameRoleRef(found: RoleBinding['roleRef'], planned: unknown): boolean {
  return sameFields(found, asFields(planned), ['kind', 'name']);
}

function sameFields(found: object, planned: Fields, keys: readonly string[]): boolean {
  const fields = asFields(found);
  return keys.every((key) => fields[key] === planned[key]);
}

type Fields = Readonly<Record<string, unknown>>;

function asFields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}
