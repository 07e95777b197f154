import type { RequiredApproval } from '../api/access-policy.ts';
import type { AccessReview } from '../api/access-review.ts';
import type { Identity, Subject } from '../api/identity.ts';
import { type Pair, serviceAccountOf, sidesOf } from './act-as.ts';
import { marksOf, personOf, type PersonClaim } from './person.ts';
import { means } from './ref.ts';

/** What became of one review, in one word. */
export type Standing =
  /** It counts: it fills a place, or it is a Deny or Revoke that ends the request. */
  | 'Counted'
  /** It would, but everything asked for has been given by others. */
  | 'NotNeeded'
  | 'NoReviewAsked'
  | 'OwnRequest'
  | 'NotAReviewer'
  | 'UnknownPerson'
  | 'SamePerson'
  | 'CouldActAsRequester'
  | 'CouldActAsReviewer'
  /** Whether one person could stand behind both sides, or behind two reviews, is not known yet. */
  | 'NotCheckedYet';

/** What is weighed, and how people are told apart. */
export interface Ballot {
  readonly requester: Identity;
  /** Who is to have access; undefined for accounts of the system, which are never given any. */
  readonly subject: Subject | undefined;
  readonly reviews: readonly AccessReview[];
  readonly claim: PersonClaim;
  /** Whether in any of these pairs the one could act as the other; undefined while nobody knows. */
  readonly couldActAs: (pairs: readonly Pair[]) => boolean | undefined;
}

/** The first thing that keeps an approval from counting, whatever others there are. */
export function flawOf(
  { spec: { reviewer } }: AccessReview,
  required: readonly RequiredApproval[],
  ballot: Ballot,
): Standing | undefined {
  const { requester, subject, claim } = ballot;
  const own = marksOf(requester, claim);
  if (marksOf(reviewer, claim).some((mark) => own.includes(mark))) return 'OwnRequest';
  if (required.length === 0) return 'NoReviewAsked';
  if (entriesFor(required, reviewer).length === 0) return 'NotAReviewer';
  if ([reviewer, requester].some((account) => personOf(account, claim) === undefined)) return 'UnknownPerson';
  // One person may stand behind both, and no question about the two would tell.
  if (serviceAccountOf(reviewer) && subject?.kind === 'ServiceAccount') return 'CouldActAsRequester';
  const could = ballot.couldActAs(sidesOf(ballot, reviewer));
  if (could === undefined) return 'NotCheckedYet';
  return could ? 'CouldActAsRequester' : undefined;
}

/** A Deny needs a reviewer; taking back what one asked for oneself needs nobody. */
export function objectionStanding(
  { spec: { decision, reviewer } }: AccessReview,
  required: readonly RequiredApproval[],
  { requester }: Ballot,
): Standing {
  if (isSameAccount(reviewer, requester)) return decision === 'Revoke' ? 'Counted' : 'OwnRequest';
  if (entriesFor(required, reviewer).length > 0) return 'Counted';
  return required.length === 0 ? 'NoReviewAsked' : 'NotAReviewer';
}

/** Which of the entries name this account. */
export function entriesFor(required: readonly RequiredApproval[], reviewer: Identity): number[] {
  return required.flatMap(({ reviewers }, index) => (reviewers.some((ref) => means(ref, reviewer)) ? [index] : []));
}

/** To end what somebody else asked for takes more than a name like theirs. */
function isSameAccount(a: Identity, b: Identity): boolean {
  return a.username === b.username;
}

/** Sorts reviews in the order in which they were given; by name those of the same second. */
export function byAge({ metadata: a }: AccessReview, { metadata: b }: AccessReview): number {
  const [first, second] = [a.creationTimestamp ?? '', b.creationTimestamp ?? ''];
  return first === second ? compare(a.name, b.name) : compare(first, second);
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
