import type { ReviewDecision } from '../api/access-review.ts';
import { describeRef } from './ref.ts';
import type { Standing } from './standing.ts';
import type { Tally } from './tally.ts';

const LISTED = 4;

const COUNTED = {
  Approve: 'it counts towards the approvals that the policy asks for',
  Deny: 'the request is denied',
  Revoke: 'the request is revoked',
} as const satisfies Record<ReviewDecision, string>;

const TEXT = {
  NotNeeded: 'all approvals that the policy asks for have been given by others',
  NoReviewAsked: 'the policy asks nobody',
  OwnRequest: 'nobody reviews their own request; Revoke takes it back',
  NotAReviewer: 'the policy does not name you as a reviewer',
  UnknownPerson: 'the way you, or the requester, authenticated does not say who that is',
  SamePerson: 'an earlier review by the same person counts, and one person counts once',
  CouldActAsRequester: 'one person could stand behind both: one side is a service account that the other could act as',
  CouldActAsReviewer:
    'one person could stand behind this and an approval that counts: one or both are by service accounts',
  NotCheckedYet: 'not weighed yet',
} as const satisfies Record<Exclude<Standing, 'Counted'>, string>;

/** What became of a review, in one line for whoever made it. */
export function explainStanding(standing: Standing, decision: ReviewDecision): string {
  return standing === 'Counted' ? COUNTED[decision] : TEXT[standing];
}

/** What is still to come before access is given, in one line. */
export function explainMissing({ required, approvals, missing }: Tally): string {
  const wanted = missing.map(({ entry, count }) => {
    const names = entry.reviewers.slice(0, LISTED).map(describeRef).join(', ');
    return `${count} of ${names}${entry.reviewers.length > LISTED ? ', …' : ''}`;
  });
  return `${approvals.length} of ${required} approvals; still to come: ${wanted.join('; ')}`;
}
