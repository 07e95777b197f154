import { READS } from './risky-rights.ts';
import type { PolicyRule } from './rules.ts';

/** API groups into which no Role reaches that is made for a request. */
export const FENCED_GROUPS: readonly string[] = [
  'rbac.authorization.k8s.io',
  'daypass.dev',
  'coordination.k8s.io',
  'admissionregistration.k8s.io',
];

/** The API group of Jobs, in which such a Role only reads: they are the fuses. */
export const READ_ONLY_GROUP = 'batch';

/**
 * The first thing in these rules that the fence around the operator (deploy/admission/fence-roles.yaml)
 * never lets it put into a Role, whatever is grantable; undefined where there is none. Wildcards
 * stand for much that it does let through, so they are left to whoever asks under them.
 */
export function fencedIn(rules: readonly PolicyRule[]): string | undefined {
  for (const { apiGroups, verbs } of rules) {
    const group = apiGroups.find((each) => FENCED_GROUPS.includes(each));
    if (group !== undefined) return `nothing in ${group} is granted by permission`;
    const write = verbs.find((verb) => verb !== '*' && !READS.includes(verb));
    if (apiGroups.includes(READ_ONLY_GROUP) && write !== undefined) {
      return `${write} in ${READ_ONLY_GROUP} is not granted by permission, only ${READS.join(', ')}`;
    }
  }
  return undefined;
}
