import { covers } from './covers.ts';
import type { PolicyRule } from './rules.ts';

/** Whether any single right is given both by `a` and by `b`. */
export function overlaps(a: readonly PolicyRule[], b: readonly PolicyRule[]): boolean {
  return a.some((one) => b.some((other) => overlap(one, other)));
}

function overlap(a: PolicyRule, b: PolicyRule): boolean {
  return (
    meet('verbs', a, b) &&
    meet('apiGroups', a, b) &&
    meet('resources', a, b) &&
    // Without names a rule is about all of them.
    (a.resourceNames.length === 0 || b.resourceNames.length === 0 || meet('resourceNames', a, b))
  );
}

function meet(field: 'verbs' | 'apiGroups' | 'resources' | 'resourceNames', a: PolicyRule, b: PolicyRule): boolean {
  return (
    a[field].some((value) => covers[field](b[field], value)) || b[field].some((value) => covers[field](a[field], value))
  );
}
