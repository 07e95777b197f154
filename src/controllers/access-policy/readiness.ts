import type { AccessPolicy } from '../../api/access-policy.ts';
import type { Unreadable } from '../../api/read.ts';
import { canBeFulfilled } from '../../policy/fulfil.ts';
import { fencedIn } from '../../rbac/fenced.ts';
import { risks, risksOfRole } from '../../rbac/risks.ts';
import { bindableRoles, type ClusterRole, type PolicyRule, ruleOf } from '../../rbac/rules.ts';
import { uncovered } from '../../rbac/uncovered.ts';
import type { Trouble } from '../../grant/trouble.ts';

/** What a policy needs in order to work, beyond itself. */
export interface PolicySnapshot {
  readonly policy: AccessPolicy | Unreadable;
  /** The ClusterRole of this name, if it exists. */
  readonly roleOf: (name: string) => ClusterRole | undefined;
  /** What an administrator lets the operator hand out. */
  readonly grantable: readonly PolicyRule[];
  /** Why nothing can be granted right now; undefined when it can. */
  readonly trouble: Trouble | undefined;
}

/** Whether a policy can work, and if not, what a person can do about it. */
export interface Readiness {
  readonly status: 'True' | 'False';
  readonly reason:
    | 'Ready'
    | 'Unreadable'
    | 'MatchesNothing'
    | 'RoleNotFound'
    | 'NotGrantable'
    | 'NeverByPermission'
    | 'Risky'
    | 'NoReviewers'
    | 'AdmissionNotEnforced'
    | 'FuseUnavailable';
  readonly message: string;
}

/** The first thing in the way of a policy; undefined while that is about to be known. A Deny needs nothing in order to deny. */
export function readinessOf(snapshot: PolicySnapshot): Readiness | undefined {
  const { policy, trouble } = snapshot;
  if ('unreadable' in policy) return notReady('Unreadable', policy.unreadable);
  const { effect, approval, allowRisky } = policy.spec;
  if (effect === 'Deny') return { status: 'True', reason: 'Ready', message: 'denies what it matches' };
  const obstacle = findObstacle(policy, snapshot);
  if (obstacle) return obstacle;
  const risky = riskyIn(policy, snapshot);
  if (risky !== '' && !allowRisky) {
    return notReady('Risky', `without allowRisky what is risky is not granted: ${risky}`);
  }
  if (approval && !canBeFulfilled(approval)) {
    return notReady('NoReviewers', 'spec.approval.required asks for more approvals than there are people to give them');
  }
  if (trouble?.passing) return undefined;
  if (trouble) return notReady(trouble.reason, trouble.message);
  const message = 'its roles exist and can be granted; whether its namespaces exist is not checked';
  return { status: 'True', reason: 'Ready', message: risky === '' ? message : `${message}; risky: ${risky}` };
}

/** What keeps the roles and permissions of an Allow from being granted at all. */
function findObstacle({ spec }: AccessPolicy, { roleOf, grantable }: PolicySnapshot): Readiness | undefined {
  const { requesters, namespaces, roles = [], permissions = [] } = spec;
  const parts = { requesters, namespaces, 'roles or spec.permissions': spec.roles ?? spec.permissions };
  const absent = Object.entries(parts).find(([, value]) => value === undefined);
  if (absent) return notReady('MatchesNothing', `an Allow policy without spec.${absent[0]} matches nothing`);
  const missing = roles.filter((name) => !roleOf(name));
  if (missing.length > 0) return notReady('RoleNotFound', `no such ClusterRole: ${missing.join(', ')}`);
  const bindable = bindableRoles(grantable);
  const unbindable = roles.filter((name) => !bindable.has(name));
  if (unbindable.length > 0) {
    const what = unbindable.join(', ');
    return notReady('NotGrantable', `no ClusterRole labelled daypass.dev/grantable gives "bind" on ${what}`);
  }
  const fenced = fencedIn(permissions.map(ruleOf));
  if (fenced !== undefined) return notReady('NeverByPermission', fenced);
  const beyond = uncovered(grantable, permissions.map(ruleOf)).flatMap(({ resources }) => resources);
  if (beyond.length === 0) return undefined;
  const what = [...new Set(beyond)].join(', ');
  return notReady('NotGrantable', `no ClusterRole labelled daypass.dev/grantable holds what is permitted on ${what}`);
}

/** Which roles of a policy are risky, and how, in one line. */
function riskyIn({ spec: { roles = [], permissions = [] } }: AccessPolicy, { roleOf }: PolicySnapshot): string {
  const found = [
    ...roles.map((name) => [name, risksOfRole(roleOf(name) ?? { metadata: { name }, rules: [] })] as const),
    ['permissions', risks(permissions.map(ruleOf))] as const,
  ];
  return found
    .filter(([, each]) => each.length > 0)
    .map(([what, each]) => `${what} (${[...new Set(each.map(({ code }) => code))].join(', ')})`)
    .join(', ');
}

function notReady(reason: Exclude<Readiness['reason'], 'Ready'>, message: string): Readiness {
  return { status: 'False', reason, message };
}
