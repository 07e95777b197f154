import { type AccessRequest, needsAfterReview } from '../../../api/access-request.ts';
import type { AccessReview } from '../../../api/access-review.ts';
import { oneLine } from '../../../api/text.ts';
import { parseTime } from '../../../api/time.ts';
import type { Plan } from '../../../grant/plan.ts';
import { lookedAt } from '../../../policy/after-review.ts';
import { goOn, type Outcome } from '../../../runtime/step.ts';
import { type Ending, endWith } from '../end.ts';
import { ballotOf, lastingApproval, reviewedEntry, tallyOf } from '../reviews.ts';
import type { RequestStep } from '../snapshot.ts';
import { OPERATOR, statusWrite } from '../status.ts';

/**
 * An emergency is looked at afterwards, while it lasts or when it is over: one eligible reviewer's
 * Approve settles it; a Deny or Revoke ends what is left of it, and flags it. To end it takes no
 * more than to be named as a reviewer; to settle it, to be somebody else. Until then the same person
 * has no other, and when nobody looks in time that goes on record.
 */
export const afterReview: RequestStep = (snapshot, now) => {
  const { request } = snapshot;
  const { emergency } = request.status;
  if (!emergency || !needsAfterReview(request)) return goOn;
  const approval = lastingApproval(snapshot) ?? {};
  const isActive = request.status.phase === 'Active';
  const { denial } = isActive ? tallyOf(snapshot, approval) : {};
  if (denial) return endWith(snapshot, now, deniedBy(denial));
  const { review } = lookedAt(approval, ballotOf(snapshot));
  // A Revoke ends what is left of it first.
  if (review && !(isActive && review.spec.decision === 'Revoke')) return settle(request, now, review);
  const reviewBy = parseTime(emergency.reviewBy);
  if (emergency.overdue === true) return goOn;
  if (now < reviewBy) return { next: 'wait', until: reviewBy, lane: 'low' };
  const message = `nobody has reviewed this emergency by ${emergency.reviewBy}`;
  const write = statusWrite(request, now, {
    fields: { emergency: { ...emergency, overdue: true } },
    entries: [{ type: 'AfterReviewOverdue', reason: 'AfterReviewOverdue', actor: OPERATOR, message }],
  });
  return { next: 'write', plan: { writes: [write], then: 'low' } };
};

/** Finds out what has to be known before such a review can be weighed: last of all, so that it holds up no end. */
export const checkAfterReview: RequestStep = (snapshot) => {
  if (!needsAfterReview(snapshot.request)) return goOn;
  const { questions: ask } = lookedAt(lastingApproval(snapshot) ?? {}, ballotOf(snapshot));
  return ask.length > 0 ? { next: 'write', plan: { ask, then: 'low' } } : goOn;
};

function deniedBy(review: AccessReview): Ending {
  const { reviewer, comment } = review.spec;
  const said = comment === undefined ? '' : `: ${comment}`;
  const message = `the emergency was denied by ${oneLine(reviewer.username)}${said}`;
  return { type: 'Revoked', reason: 'DeniedByReviewer', message, review };
}

function settle(request: AccessRequest, now: Date, review: AccessReview): Outcome<Plan> {
  const { emergency } = request.status;
  if (!emergency) throw new TypeError('only an emergency is reviewed afterwards');
  const reviewedBy = oneLine(review.spec.reviewer.username);
  const write = statusWrite(request, now, {
    fields: { emergency: { ...emergency, reviewedBy } },
    entries: [{ ...reviewedEntry(review), type: 'AfterReviewed' }],
  });
  return { next: 'write', plan: { writes: [write], then: 'low' } };
}
