import type { AccessRequestStatus } from '../../../api/access-request.ts';
import { findCondition } from '../../../api/condition.ts';
import { type Duration, toSeconds } from '../../../api/duration.ts';
import { ROLE_BINDINGS } from '../../../api/kubernetes.ts';
import { ANNOTATION, managedName } from '../../../api/names.ts';
import { addSeconds } from '../../../api/time.ts';
import { FUSE_GRACE } from '../../../grant/objects.ts';
import type { Plan } from '../../../grant/plan.ts';
import { goOn, type Outcome } from '../../../runtime/step.ts';
import { armPlan } from '../arm.ts';
import { decisionOn } from '../decision.ts';
import { removal } from '../../removal.ts';
import { denyWith, endWith } from '../end.ts';
import type { RequestStep, Snapshot } from '../snapshot.ts';
import { startOf } from '../start.ts';
import { OPERATOR, pinOf, statusWrite } from '../status.ts';

/** How often to look whether an obstacle that no watch reports is gone, in seconds. */
const LOOK_AGAIN = 15;

/**
 * Gives access to an approved request whose time has come. It is decided again at this moment,
 * and what was decided is on record before anything is made.
 */
export const grant: RequestStep = (snapshot, now) => {
  const { request, role, fuse, namespace } = snapshot;
  if (request.status.phase !== 'Approved' || now < startOf(request)) return goOn;
  const decision = decisionOn(snapshot);
  if (!decision || namespace?.terminating) return { next: 'stop', reason: 'the namespace is not known, or going away' };
  if (decision.decision === 'Deny') return denyWith(snapshot, now, decision);
  if (fuse) return removeFuse(snapshot);
  if (mayHaveBurned(snapshot, decision.duration, now)) {
    const message =
      'the operator was away for longer than the grant could last, and it cannot be known whether it was given';
    return endWith(snapshot, now, { type: 'Lapsed', reason: 'Uncertain', message });
  }
  if (!role) return hold(snapshot, now, 'RoleNotFound', `ClusterRole ${request.spec.roleRef.name} does not exist`);
  const trouble = snapshot.fuseTrouble();
  if (trouble !== undefined) return hold(snapshot, now, 'FuseUnavailable', trouble);
  const decided = { policy: decision.policy, duration: decision.duration, role: pinOf(role) };
  if (!isPinned(request.status, decided)) return pin(snapshot, now, decided);
  return { next: 'write', plan: armPlan(snapshot, now, decision.duration) };
};

/** A fuse without its binding is what a crash left; its clock runs already, so a new one takes its place. */
function removeFuse(snapshot: Snapshot): Outcome<Plan> {
  const { metadata } = snapshot.request;
  const name = { namespace: metadata.namespace, name: managedName(metadata.uid) };
  const writes = [{ verb: 'confirmAbsent', resource: ROLE_BINDINGS, name } as const, ...removal(snapshot)];
  return { next: 'write', plan: { writes, then: 'normal' } };
}

/**
 * Arming leaves its time on the request before it makes anything. If that was so long ago that a
 * whole grant could have come and gone, giving it again could give twice the time (promise P2).
 */
function mayHaveBurned({ request }: Snapshot, duration: Duration, now: Date): boolean {
  const armedAt = Date.parse(request.metadata.annotations?.[ANNOTATION.grantedAt] ?? '');
  return !Number.isNaN(armedAt) && now >= addSeconds(new Date(armedAt), toSeconds(duration) + FUSE_GRACE);
}

/** What may heal is waited for, with the reason on show; the deadline is set by `awaitStart`. */
function hold({ request }: Snapshot, now: Date, reason: string, message: string): Outcome<Plan> {
  if (findCondition(request.status.conditions, 'Active')?.reason === reason) {
    return { next: 'wait', until: addSeconds(now, LOOK_AGAIN), lane: 'low' };
  }
  const write = statusWrite(request, now, { conditions: [{ type: 'Active', status: 'False', reason, message }] });
  return { next: 'write', plan: { writes: [write], then: 'low' } };
}

/** What must be on record before anything is made. */
type Decided = { readonly [Field in 'policy' | 'duration' | 'role']: NonNullable<AccessRequestStatus[Field]> };

function isPinned({ policy, duration, role }: AccessRequestStatus, decided: Decided): boolean {
  return (
    policy?.uid === decided.policy.uid &&
    policy?.generation === decided.policy.generation &&
    duration === decided.duration &&
    role?.uid === decided.role.uid &&
    role?.rulesHash === decided.role.rulesHash
  );
}

function pin({ request }: Snapshot, now: Date, decided: Decided): Outcome<Plan> {
  const { policy, duration } = decided;
  const same = request.status.policy?.uid === policy.uid && request.status.duration === duration;
  const message = `policy ${policy.name} permits this for ${duration}`;
  const write = statusWrite(request, now, {
    fields: decided,
    entries: same ? [] : [{ type: 'Approved', reason: 'DecidedAgain', actor: OPERATOR, message }],
  });
  return { next: 'write', plan: { writes: [write], then: 'normal' } };
}
