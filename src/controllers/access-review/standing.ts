import { hasEnded, needsAfterReview } from '../../api/access-request.ts';
import type { AccessReview, AccessReviewStatus } from '../../api/access-review.ts';
import { oneLine } from '../../api/text.ts';
import { standingAfterwards } from '../../policy/after-review.ts';
import type { Standing } from '../../policy/standing.ts';
import { explainStanding } from '../../policy/explain-review.ts';
import { ballotOf, lastingApproval, pinnedApproval, tallyOf } from '../access-request/reviews.ts';
import type { Snapshot } from '../access-request/snapshot.ts';

/** What a reviewer is told: whether their review counts, and why or why not. */
export type Told = Required<Pick<AccessReviewStatus, 'accepted' | 'reason' | 'message'>>;

/**
 * What to tell about a review, or undefined while there is nothing to tell yet. What happened to
 * an ended request is in its history, and never changes again.
 */
export function standingOf(review: AccessReview, snapshot: Snapshot | undefined): Told | undefined {
  if (!snapshot) return told('NoSuchRequest', 'no request in this namespace has this uid');
  const { request } = snapshot;
  const { name } = request.metadata;
  if (review.spec.request.name !== name) return told('NoSuchRequest', `the request with this uid is called ${name}`);
  const { decision } = review.spec;
  if (hasEnded(request) && !needsAfterReview(request)) {
    const { accepted, reason } = review.status;
    if (accepted !== undefined && reason !== 'NoSuchRequest') return undefined;
    if (isOnRecord(review, snapshot)) return counted(decision);
    return told('RequestEnded', `the request is ${request.status.phase ?? 'over'} already`);
  }
  if (request.status.phase === undefined) return undefined;
  if (decision === 'Deny' && request.status.phase === 'Active' && !needsAfterReview(request)) {
    return told('AlreadyGranted', 'access has been given already; Revoke ends it');
  }
  const approval = needsAfterReview(request) ? lastingApproval(snapshot) : pinnedApproval(snapshot);
  if (!approval) return undefined; // without its policy nobody can say
  const standing = hasEnded(request)
    ? standingAfterwards(review, approval, ballotOf(snapshot))
    : tallyOf(snapshot, approval).standings.get(review.metadata.uid);
  const isGiven = request.status.phase !== 'Pending' && !needsAfterReview(request);
  if (decision === 'Approve' && isGiven) return toldLate(review, snapshot, standing);
  if (standing === undefined || standing === 'NotCheckedYet') return undefined;
  return standing === 'Counted' ? counted(decision) : told(standing, explainStanding(standing, decision));
}

/** Once all has been given, what was counted stays counted, and nothing is weighed any more that would only have helped. */
function toldLate({ spec }: AccessReview, { request }: Snapshot, standing: Standing | undefined): Told | undefined {
  const { reviews, emergency } = request.status;
  const counting = [...(reviews?.approvedBy ?? []), emergency?.reviewedBy];
  if (counting.includes(oneLine(spec.reviewer.username))) return counted('Approve');
  const late = standing === 'Counted' || standing === 'NotCheckedYet' ? 'NotNeeded' : standing;
  return late && told(late, explainStanding(late, 'Approve'));
}

function counted(decision: AccessReview['spec']['decision']): Told {
  return { accepted: true, reason: 'Counted', message: explainStanding('Counted', decision) };
}

function told(reason: string, message: string): Told {
  return { accepted: false, reason, message };
}

function isOnRecord({ spec }: AccessReview, { request }: Snapshot): boolean {
  const actor = oneLine(spec.reviewer.username);
  return (request.status.history ?? []).some(
    ({ type, ...entry }) =>
      (type === 'Reviewed' || type === 'AfterReviewed') && entry.reason === spec.decision && entry.actor === actor,
  );
}
