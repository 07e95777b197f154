import type { Approval, RequiredApproval } from '../api/access-policy.ts';
import type { AccessReview } from '../api/access-review.ts';
import { type Pair, sidesOf } from './act-as.ts';
import { type Apart, keepApart, peopleAmong } from './people.ts';
import { seatApart } from './seating.ts';
import { type Ballot, byAge, entriesFor, flawOf, objectionStanding, type Standing } from './standing.ts';

/** All the reviews of one request, weighed. */
export interface Tally {
  /** How many approvals are asked for. */
  readonly required: number;
  /** Those that fill a place each, in the order in which they were given. */
  readonly approvals: readonly AccessReview[];
  /** What is still to come, entry by entry. */
  readonly missing: readonly { readonly entry: RequiredApproval; readonly count: number }[];
  /** What has to be found out before all can be weighed: a part of it, where that is much. */
  readonly questions: readonly Pair[];
  readonly denial: AccessReview | undefined;
  readonly revocation: AccessReview | undefined;
  /** By uid of the review. */
  readonly standings: ReadonlyMap<string, Standing>;
}

/** How many questions are asked before looking again. */
const ASKED_AT_ONCE = 16;

/**
 * Weighs the reviews of a request against what its policy asks for. One person fills at most one
 * place in one entry, and never in their own request; the places are filled so that as many as
 * possible are. Where a service account reviews, nobody who could act as it fills another, nor
 * does another service account: one person may stand behind both, and for two of them no question
 * would tell (promise P4).
 */
export function tally({ required = [] }: Approval, ballot: Ballot): Tally {
  const reviews = ballot.reviews.toSorted(byAge);
  const approving = reviews.filter(({ spec }) => spec.decision === 'Approve');
  const flaws = new Map(approving.map((review) => [review, flawOf(review, required, ballot)]));
  const voters = peopleAmong(
    approving.filter((review) => !flaws.get(review)),
    ballot.claim,
  );
  const apart = keepApart(voters, ballot.couldActAs);
  const seats = seatApart(
    required.map(({ count }) => count),
    voters.map((own) => [...new Set(own.flatMap(({ spec }) => entriesFor(required, spec.reviewer)))]),
    apart.serviceAccounts,
  );
  const missing = required.flatMap((entry, index) => {
    const count = entry.count - seats.filter((table) => table === index).length;
    return count > 0 ? [{ entry, count }] : [];
  });
  const standings = new Map<string, Standing>();
  for (const review of reviews) {
    const standing = flaws.has(review) ? flaws.get(review) : objectionStanding(review, required, ballot);
    if (standing) standings.set(review.metadata.uid, standing);
  }
  const standingWithoutSeat = (person: number) =>
    missing.length === 0 ? 'NotNeeded' : standingOfUnseated(person, seats, apart);
  voters.forEach((own, index) => {
    const place = seats[index];
    const counting = own.find(({ spec }) => place !== undefined && entriesFor(required, spec.reviewer).includes(place));
    for (const review of own) {
      const otherwise = counting ? 'SamePerson' : standingWithoutSeat(index);
      standings.set(review.metadata.uid, review === counting ? 'Counted' : otherwise);
    }
  });
  const counted = (decision: string) =>
    reviews.filter(({ metadata, spec }) => spec.decision === decision && standings.get(metadata.uid) === 'Counted');
  const unchecked = approving.filter((review) => flaws.get(review) === 'NotCheckedYet');
  const questions = [
    ...unchecked.flatMap(({ spec }) => sidesOf(ballot, spec.reviewer)),
    ...apart.doubts.flatMap(({ pairs }) => pairs),
  ];
  return {
    required: required.reduce((sum, { count }) => sum + count, 0),
    approvals: counted('Approve'),
    missing,
    questions: missing.length === 0 ? [] : questions.slice(0, ASKED_AT_ONCE),
    denial: counted('Deny')[0],
    revocation: counted('Revoke')[0],
    standings,
  };
}

/** Why somebody has no place though there are some left: on account of whoever has one, or because theirs are taken. */
function standingOfUnseated(
  person: number,
  seats: readonly (number | undefined)[],
  { serviceAccounts, doubts }: Apart,
): Standing {
  const seated = [...seats.keys()].filter((other) => seats[other] !== undefined);
  const rivals = seated.filter((other) => {
    const [own, theirs] = [serviceAccounts.get(person), serviceAccounts.get(other)];
    return own && theirs ? true : (own?.has(other) ?? theirs?.has(person) ?? false);
  });
  if (rivals.length === 0) return 'NotNeeded';
  const isDoubtful = (other: number) =>
    doubts.some((doubt) => [doubt.serviceAccount, doubt.other].every((each) => each === person || each === other));
  return rivals.every(isDoubtful) ? 'NotCheckedYet' : 'CouldActAsReviewer';
}
