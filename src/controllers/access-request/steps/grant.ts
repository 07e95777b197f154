import type { AccessRequestStatus } from '../../../api/access-request.ts';
import { findCondition } from '../../../api/condition.ts';
import { toSeconds } from '../../../api/duration.ts';
import { JOBS, ROLE_BINDINGS } from '../../../api/kubernetes.ts';
import { ANNOTATION, managedName } from '../../../api/names.ts';
import { addSeconds, parseTime } from '../../../api/time.ts';
import type { Confirmation, Plan } from '../../../grant/plan.ts';
import type { Tally } from '../../../policy/tally.ts';
import { goOn, type Outcome } from '../../../runtime/step.ts';
import { armPlan, disarmPlan } from '../arm.ts';
import { decisionOn } from '../decision.ts';
import { removal } from '../../removal.ts';
import { awaitReviews } from '../await-reviews.ts';
import { denyWith, endedStatus } from '../end.ts';
import { approvalEntries, reviewsOf, showsReviews, tallyOf } from '../reviews.ts';
import type { RequestStep, Snapshot } from '../snapshot.ts';
import { startOf } from '../start.ts';
import { OPERATOR, pinOf, statusWrite } from '../status.ts';

/** How often to look whether an obstacle that no watch reports is gone, in seconds. */
const LOOK_AGAIN = 15;

/** How long after arming a missing binding counts as never made, in seconds: enough for a restart. */
const DOUBT = 30;

/**
 * Gives access to an approved request whose time has come. It is decided again at this moment, with
 * the reviews that it has, and what was decided is on record before anything is made.
 */
export const grant: RequestStep = (snapshot, now) => {
  const { request, role, fuse, namespace } = snapshot;
  if (request.status.phase !== 'Approved' || now < startOf(request)) return goOn;
  const decision = decisionOn(snapshot);
  if (!decision || namespace?.terminating) return { next: 'stop', reason: 'the namespace is not known, or going away' };
  if (mayHaveBeenGiven(snapshot, now)) {
    const message = 'the operator was interrupted while it gave access, and cannot know for how long there was any';
    const ending = endedStatus(snapshot, now, { type: 'Lapsed', reason: 'Uncertain', message });
    return { next: 'write', plan: { writes: [...absences(snapshot), ...removal(snapshot), ending], then: 'normal' } };
  }
  if (decision.decision === 'Deny') return denyWith(snapshot, now, decision);
  if (fuse?.metadata.deletionTimestamp !== undefined) return { next: 'stop', reason: 'the old fuse is on its way out' };
  if (fuse) return { next: 'write', plan: disarmPlan(snapshot) };
  const counted = tallyOf(snapshot, decision.approval);
  if (counted.missing.length > 0 && decision.reviewWithin === undefined)
    return awaitReviews(snapshot, now, decision, counted);
  const { roleRef } = request.spec;
  if (roleRef && !role)
    return hold(snapshot, now, 'RoleNotFound', `ClusterRole ${roleRef.name} does not exist, or has no rules yet`);
  const trouble = snapshot.trouble();
  if (trouble?.passing) return { next: 'stop', reason: trouble.message };
  if (trouble) return hold(snapshot, now, trouble.reason, trouble.message);
  const decided = { policy: decision.policy, duration: decision.duration, ...(role ? { role: pinOf(role) } : {}) };
  if (!isPinned(snapshot, decided, counted)) return pin(snapshot, now, decided, counted);
  return { next: 'write', plan: armPlan(snapshot, now, decision.duration) };
};

/**
 * Whether a binding may have come and gone unseen. Arming marks the request between fuse and
 * binding. A mark whose fuse is gone: somebody or something took the grant back. A mark whose
 * binding alone is missing: most likely it was never made, but the longer nobody looked, the
 * likelier it was deleted, and what was deleted is never restored (promises P2, P3). Once its time
 * would be over, whoever ends what is overdue deletes it, and leaves the fuse.
 */
function mayHaveBeenGiven({ request, fuse }: Snapshot, now: Date): boolean {
  const mark = request.metadata.annotations?.[ANNOTATION.grantedAt];
  if (mark === undefined) return false;
  const { duration } = request.status;
  const doubt = duration === undefined ? DOUBT : Math.min(toSeconds(duration), DOUBT);
  return !fuse || now >= addSeconds(parseTime(mark), doubt);
}

function absences({ request: { metadata }, fuse }: Snapshot): Confirmation[] {
  const name = { namespace: metadata.namespace, name: managedName(metadata.uid) };
  const gone = fuse ? [ROLE_BINDINGS] : [ROLE_BINDINGS, JOBS];
  return gone.map((resource) => ({ verb: 'confirmAbsent', resource, name }));
}

/** What may heal is waited for, with the reason on show; the deadline is set by `awaitStart`. */
function hold({ request }: Snapshot, now: Date, reason: string, message: string): Outcome<Plan> {
  const shown = findCondition(request.status.conditions, 'Active');
  if (shown?.reason === reason && shown.message === message) {
    return { next: 'wait', until: addSeconds(now, LOOK_AGAIN), lane: 'low' };
  }
  const write = statusWrite(request, now, { conditions: [{ type: 'Active', status: 'False', reason, message }] });
  return { next: 'write', plan: { writes: [write], then: 'low' } };
}

/** What must be on record before anything is made. */
type Decided = { readonly [Field in 'policy' | 'duration']: NonNullable<AccessRequestStatus[Field]> } & Pick<
  AccessRequestStatus,
  'role'
>;

function isPinned(snapshot: Snapshot, decided: Decided, counted: Tally): boolean {
  const { policy, duration, role } = snapshot.request.status;
  return (
    showsReviews(snapshot, reviewsOf(counted)) &&
    policy?.uid === decided.policy.uid &&
    policy.generation === decided.policy.generation &&
    duration === decided.duration &&
    role?.uid === decided.role?.uid &&
    role?.rulesHash === decided.role?.rulesHash
  );
}

function pin(snapshot: Snapshot, now: Date, decided: Decided, counted: Tally): Outcome<Plan> {
  const { request } = snapshot;
  const { policy, duration } = decided;
  const same = request.status.policy?.uid === policy.uid && request.status.duration === duration;
  const message = `policy ${policy.name} permits this for ${duration}`;
  const write = statusWrite(request, now, {
    fields: { ...decided, reviews: reviewsOf(counted) },
    entries: [
      ...approvalEntries(snapshot, counted),
      ...(same ? [] : [{ type: 'Approved' as const, reason: 'DecidedAgain', actor: OPERATOR, message }]),
    ],
  });
  return { next: 'write', plan: { writes: [write], then: 'normal' } };
}
