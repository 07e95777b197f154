import { findCondition } from '../../../api/condition.ts';
import { toSeconds } from '../../../api/duration.ts';
import { addSeconds, formatTime, parseTime } from '../../../api/time.ts';
import type { Plan } from '../../../grant/plan.ts';
import { goOn, type Outcome } from '../../../runtime/step.ts';
import { awaitReviews } from '../await-reviews.ts';
import { type Decision, decisionOn } from '../decision.ts';
import { denyWith } from '../end.ts';
import { approvalEntries, reviewsOf, tallyOf } from '../reviews.ts';
import type { RequestStep, Snapshot } from '../snapshot.ts';
import { SETTLING } from '../start.ts';
import { OPERATOR, pinOf, statusWrite } from '../status.ts';

/**
 * Decides a new request, and again one that waits for reviews, whenever anything about it changes:
 * approved under one policy, waiting for those whom it asks, or denied for good, with the reason.
 */
export const decide: RequestStep = (snapshot, now) => {
  const { request } = snapshot;
  if ((request.status.phase ?? 'Pending') !== 'Pending') return goOn;
  const decision = decisionOn(snapshot);
  if (!decision) return { next: 'stop', reason: 'the namespace is not known yet' };
  if (decision.decision === 'Deny') return refuse(snapshot, now, decision);
  const counted = tallyOf(snapshot, decision.approval);
  const { reviewWithin } = decision;
  if (counted.missing.length > 0 && reviewWithin === undefined) return awaitReviews(snapshot, now, decision, counted);
  const { startTime } = request.spec;
  const later = startTime !== undefined && parseTime(startTime) > now ? `, starting ${startTime}` : '';
  const reviewBy = reviewWithin && formatTime(addSeconds(now, toSeconds(reviewWithin)));
  const after = reviewBy === undefined ? '' : `, as an emergency to be reviewed by ${reviewBy}`;
  const message = `policy ${decision.policy.name} permits this for ${decision.duration}${later}${after}`;
  const reason = reviewWithin === undefined ? (counted.required === 0 ? 'Automatic' : 'Reviewed') : 'Emergency';
  const write = statusWrite(request, now, {
    fields: {
      phase: 'Approved',
      policy: decision.policy,
      duration: decision.duration,
      ...(snapshot.role ? { role: pinOf(snapshot.role) } : {}),
      reviews: reviewsOf(counted),
      ...(reviewBy === undefined ? {} : { emergency: { reviewBy } }),
      approvedAt: formatTime(now),
    },
    conditions: [{ type: 'Approved', status: 'True', reason, message }],
    entries: [...approvalEntries(snapshot, counted), { type: 'Approved', reason, actor: OPERATOR, message }],
  });
  return { next: 'write', plan: { writes: [write], then: 'normal' } };
};

/**
 * What is denied is denied at once; but a request that waits for reviews was permitted a moment
 * ago, and GitOps replaces policies by deleting and creating them.
 */
function refuse(snapshot: Snapshot, now: Date, denial: Decision & { decision: 'Deny' }): Outcome<Plan> {
  const { request } = snapshot;
  if (request.status.phase !== 'Pending' || !denial.mayHeal) return denyWith(snapshot, now, denial);
  const condition = findCondition(request.status.conditions, 'Approved');
  if (condition?.reason !== 'PolicyChanged') {
    const message = `${denial.message}; deciding for good in ${SETTLING} s`;
    const write = statusWrite(request, now, {
      conditions: [{ type: 'Approved', status: 'Unknown', reason: 'PolicyChanged', message }],
    });
    return { next: 'write', plan: { writes: [write], then: 'normal' } };
  }
  const until = addSeconds(parseTime(condition.lastTransitionTime), SETTLING);
  return now < until ? { next: 'wait', until, lane: 'normal' } : denyWith(snapshot, now, denial);
}
