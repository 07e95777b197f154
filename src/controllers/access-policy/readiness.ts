import type { AccessPolicy } from '../../api/access-policy.ts';
import type { Unreadable } from '../../api/read.ts';
import { canBeFulfilled } from '../../policy/tally.ts';

/** What a policy needs in order to work, beyond itself. */
export interface PolicySnapshot {
  readonly policy: AccessPolicy | Unreadable;
  /** Whether a ClusterRole of this name exists. */
  readonly roleExists: (name: string) => boolean;
  /** The ClusterRoles that an administrator lets the operator bind. */
  readonly grantable: ReadonlySet<string>;
  /** Why no fuse can be trusted right now; undefined when they work. */
  readonly fuseTrouble: string | undefined;
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
    | 'NoReviewers'
    | 'FuseUnavailable';
  readonly message: string;
}

/** The first thing in the way of a policy. A Deny needs nothing in order to deny. */
export function readinessOf({ policy, roleExists, grantable, fuseTrouble }: PolicySnapshot): Readiness {
  if ('unreadable' in policy) return notReady('Unreadable', policy.unreadable);
  const { effect, requesters, namespaces, roles = [], approval } = policy.spec;
  if (effect === 'Deny') return { status: 'True', reason: 'Ready', message: 'denies what it matches' };
  const absent = Object.entries({ requesters, namespaces, roles: policy.spec.roles }).find(
    ([, value]) => value === undefined,
  );
  if (absent) return notReady('MatchesNothing', `an Allow policy without spec.${absent[0]} matches nothing`);
  const missing = roles.filter((name) => !roleExists(name));
  if (missing.length > 0) return notReady('RoleNotFound', `no such ClusterRole: ${missing.join(', ')}`);
  const ungrantable = roles.filter((name) => !grantable.has(name));
  if (ungrantable.length > 0) {
    const what = ungrantable.join(', ');
    return notReady('NotGrantable', `no ClusterRole labelled daypass.dev/grantable gives "bind" on ${what}`);
  }
  if (approval && !canBeFulfilled(approval)) {
    return notReady('NoReviewers', 'spec.approval.required asks for more approvals than there are people to give them');
  }
  if (fuseTrouble !== undefined) return notReady('FuseUnavailable', fuseTrouble);
  const message = 'its roles exist and can be granted; whether its namespaces exist is not checked';
  return { status: 'True', reason: 'Ready', message };
}

function notReady(reason: Exclude<Readiness['reason'], 'Ready'>, message: string): Readiness {
  return { status: 'False', reason, message };
}
