import { hasEnded, needsAfterReview } from '../../api/access-request.ts';
import type { AccessReview, AccessReviewStatus } from '../../api/access-review.ts';
import { oneLine } from '../../api/text.ts';
import { standingAfterwards } from '../../policy/after-review.ts';
import { byAge, type Standing } from '../../policy/standing.ts';
import { explainStanding } from '../../policy/explain-review.ts';
import { whatIsSaid } from '../access-request/repeats.ts';
import { ballotOf, lastingApproval, pinnedApproval, tallyOf } from '../access-request/reviews.ts';
import type { Snapshot } from '../access-request/snapshot.ts';

/** What a reviewer is told: whether their review counts, and why or why not. */
export type Told = Required<Pick<AccessReviewStatus, 'accepted' | 'reason' | 'message'>>;

/** Whether two say the same, be it in a status. */
export function isSame(a: AccessReviewStatus, b: Told): boolean {
  return a.accepted === b.accepted && a.reason === b.reason && a.message === b.message;
}

const NO_SUCH_UID = told('NoSuchRequest', 'no request in this namespace has this uid');

/**
 * What to tell about a review that names the uid of this request, or of none; undefined while there
 * is nothing to tell yet. All are weighed once, however many are asked about.
 */
export function standingsFor(snapshot: Snapshot | undefined): (review: AccessReview) => Told | undefined {
  if (!snapshot) return () => NO_SUCH_UID;
  const { request, reviews } = snapshot;
  const { namespace, name } = request.metadata;
  const first = new Map(reviews.map((review) => [whatIsSaid(review), review.metadata.uid]));
  const weighed = weigh(snapshot);
  return (review) => {
    if (review.metadata.namespace !== namespace) return NO_SUCH_UID;
    if (review.spec.request.name !== name) {
      return told('NoSuchRequest', `the request with this uid is called ${name}`);
    }
    if (hasEnded(request) && !needsAfterReview(request)) return toldAtTheEnd(review, snapshot);
    const isRepeated = (first.get(whatIsSaid(review)) ?? review.metadata.uid) !== review.metadata.uid;
    return toldBefore(review, snapshot, isRepeated, weighed);
  };
}

type Weighed = (review: AccessReview) => Standing | undefined;

/** By the policy that decided; undefined without it, for then nobody can say. */
function weigh(snapshot: Snapshot): Weighed | undefined {
  const { request } = snapshot;
  const approval = needsAfterReview(request) ? lastingApproval(snapshot) : pinnedApproval(snapshot);
  if (!approval) return undefined;
  if (hasEnded(request)) {
    const ballot = ballotOf(snapshot);
    return (review) => standingAfterwards(review, approval, ballot);
  }
  const { standings } = tallyOf(snapshot, approval);
  return ({ metadata }) => standings.get(metadata.uid);
}

/** What happened to an ended request is in its history, and never changes again. */
function toldAtTheEnd(review: AccessReview, snapshot: Snapshot): Told | undefined {
  const { accepted, reason } = review.status;
  if (accepted !== undefined && reason !== 'NoSuchRequest') return undefined;
  const isAnother = (twin: AccessReview) => twin.status.accepted === true || byAge(twin, review) < 0;
  if (isOnRecord(review, snapshot) && !twinsOf(review, snapshot).some(isAnother)) return counted(review.spec.decision);
  return told('RequestEnded', `the request is ${snapshot.request.status.phase ?? 'over'} already`);
}

function toldBefore(
  review: AccessReview,
  snapshot: Snapshot,
  isRepeated: boolean,
  weighed: Weighed | undefined,
): Told | undefined {
  const { request } = snapshot;
  const { decision } = review.spec;
  if (request.status.phase === undefined) return undefined;
  if (isRepeated) return told('Repeated', 'another review of yours says the same, and speaks for this one');
  const isAfter = needsAfterReview(request);
  if (decision === 'Deny' && request.status.phase === 'Active' && !isAfter) {
    return told('AlreadyGranted', 'access has been given already; Revoke ends it');
  }
  if (!weighed) return undefined;
  const standing = weighed(review);
  const isGiven = request.status.phase !== 'Pending' && !isAfter;
  if (decision === 'Approve' && isGiven) return toldLate(review, snapshot, standing);
  if (standing === undefined || standing === 'NotCheckedYet') return undefined;
  return standing === 'Counted' ? counted(decision) : told(standing, explainStanding(standing, decision));
}

/** Once all has been given, what was counted stays counted, and nothing is weighed any more that would only have helped. */
function toldLate(review: AccessReview, snapshot: Snapshot, standing: Standing | undefined): Told | undefined {
  const { reviews, emergency } = snapshot.request.status;
  const counting = [...(reviews?.approvedBy ?? []), emergency?.reviewedBy];
  let late = standing === 'Counted' || standing === 'NotCheckedYet' ? 'NotNeeded' : standing;
  if (counting.includes(oneLine(review.spec.reviewer.username))) {
    const isIt = review.status.accepted === true || standing === 'Counted' || twinsOf(review, snapshot).length === 0;
    if (isIt) return counted('Approve');
    late = 'SamePerson';
  }
  return late && told(late, explainStanding(late, 'Approve'));
}

/** What else was decided so under the same name: by username is all that the request says of who counted. */
function twinsOf({ metadata, spec }: AccessReview, { reviews }: Snapshot): AccessReview[] {
  return reviews.filter(
    (other) =>
      other.metadata.uid !== metadata.uid &&
      other.spec.decision === spec.decision &&
      other.spec.reviewer.username === spec.reviewer.username,
  );
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
