import type { AccessPolicySpec } from '../../api/access-policy.ts';
import { overlaps } from '../../rbac/overlap.ts';
import { type PolicyRule, ruleOf } from '../../rbac/rules.ts';
import { uncovered } from '../../rbac/uncovered.ts';
import { type Check, pass } from '../check.ts';

type Scope = Pick<AccessPolicySpec, 'roles' | 'permissions'>;

/** Is the ClusterRole asked for among those listed, or are the permissions no wider than those listed? */
export const checkAccess: Check<Scope> = ({ roles = [], permissions = [] }, { role, rules = [] }) => {
  if (role !== undefined) {
    return roles.includes(role) ? pass : { result: 'fail', code: 'RoleNotListed', wanted: roles, got: role };
  }
  const ceiling = permissions.map(ruleOf);
  const beyond = uncovered(ceiling, rules);
  if (beyond.length === 0 && rules.length > 0) return pass;
  return {
    result: 'fail',
    code: 'PermissionsNotListed',
    wanted: ceiling.map(describeRule),
    got: beyond.map(describeRule).join('; '),
  };
};

/**
 * Would access give any of what is listed? A Deny of permissions reaches roles that hold them too:
 * it is about what people could do, not about how they ask.
 */
export const checkAccessDenied: Check<Scope> = ({ roles = [], permissions = [] }, { role, rules = [] }) => {
  if (role !== undefined && roles.includes(role)) return pass;
  if (overlaps(permissions.map(ruleOf), rules)) return pass;
  return { result: 'fail', code: 'RoleNotListed', wanted: roles, got: role ?? rules.map(describeRule).join('; ') };
};

function describeRule({ verbs, apiGroups, resources, resourceNames }: PolicyRule): string {
  const groups = apiGroups.filter((group) => group !== '');
  const where = groups.length === 0 ? '' : ` in ${groups.join(',')}`;
  const names = resourceNames.length === 0 ? '' : ` named ${resourceNames.join(',')}`;
  return `${verbs.join(',')} ${resources.join(',')}${where}${names}`;
}
