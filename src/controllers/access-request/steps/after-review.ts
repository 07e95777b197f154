import { needsAfterReview } from '../../../api/access-request.ts';
import type { AccessReview } from '../../../api/access-review.ts';
import { oneLine } from '../../../api/text.ts';
import { parseTime } from '../../../api/time.ts';
import type { Plan } from '../../../grant/plan.ts';
import { goOn, type Outcome } from '../../../runtime/step.ts';
import { endWith } from '../end.ts';
import { reviewedEntry, lastingApproval, tallyOf, unchecked } from '../reviews.ts';
import type { RequestStep, Snapshot } from '../snapshot.ts';
import { OPERATOR, statusWrite } from '../status.ts';

/**
 * An emergency is looked at afterwards, while it lasts or when it is over: one eligible reviewer's
 * Approve settles it, a Deny ends what is left of it and flags it. Until then the same person has
 * no other, and when nobody looks in time that goes on record.
 */
export const afterReview: RequestStep = (snapshot, now) => {
  const { request } = snapshot;
  const { emergency } = request.status;
  if (!emergency || !needsAfterReview(request)) return goOn;
  const counted = tallyOf(snapshot, lastingApproval(snapshot) ?? {});
  const review = counted.denial ?? counted.approvals[0];
  if (review) return settle(snapshot, now, review);
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
  const ask = unchecked(snapshot, tallyOf(snapshot, lastingApproval(snapshot) ?? {}));
  return ask.length > 0 ? { next: 'write', plan: { ask, then: 'low' } } : goOn;
};

function settle(snapshot: Snapshot, now: Date, review: AccessReview): Outcome<Plan> {
  const { request } = snapshot;
  const { emergency, phase } = request.status;
  const reviewer = oneLine(review.spec.reviewer.username);
  const { decision, comment } = review.spec;
  const isDenied = decision === 'Deny';
  if (!emergency) throw new TypeError('only an emergency is reviewed afterwards');
  if (isDenied && phase === 'Active') {
    const message = `the emergency was denied by ${reviewer}${comment === undefined ? '' : `: ${comment}`}`;
    return endWith(snapshot, now, { type: 'Revoked', reason: 'DeniedByReviewer', message, review });
  }
  const write = statusWrite(request, now, {
    fields: { emergency: { ...emergency, reviewedBy: reviewer } },
    entries: [{ ...reviewedEntry(review), type: 'AfterReviewed' }],
  });
  return { next: 'write', plan: { writes: [write], then: 'low' } };
}
