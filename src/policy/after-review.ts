import type { Approval } from '../api/access-policy.ts';
import type { AccessReview } from '../api/access-review.ts';
import { type Pair, sidesOf } from './act-as.ts';
import { type Ballot, byAge, flawOf, type Standing } from './standing.ts';

/**
 * What becomes of a review of an emergency that is over. Whatever it decides, it is somebody's
 * look at it, so it has to be somebody else's, as an approval would.
 */
export function standingAfterwards(review: AccessReview, { required = [] }: Approval, ballot: Ballot): Standing {
  return flawOf(review, required, ballot) ?? 'Counted';
}

/**
 * The review by which somebody has looked at an emergency, a Deny or Revoke before an Approve, and
 * what has to be found out before the others can be weighed.
 */
export function lookedAt(
  approval: Approval,
  ballot: Ballot,
): { readonly review: AccessReview | undefined; readonly questions: readonly Pair[] } {
  const weighed = ballot.reviews.toSorted(byAge).map((review) => {
    return { review, standing: standingAfterwards(review, approval, ballot) };
  });
  const counting = weighed.flatMap(({ review, standing }) => (standing === 'Counted' ? [review] : []));
  return {
    review: counting.find(({ spec }) => spec.decision !== 'Approve') ?? counting[0],
    questions: weighed.flatMap(({ review, standing }) => {
      return standing === 'NotCheckedYet' ? sidesOf(ballot, review.spec.reviewer) : [];
    }),
  };
}
