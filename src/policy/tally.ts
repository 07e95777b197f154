import type { Approval, RequiredApproval } from '../api/access-policy.ts';
import type { AccessReview } from '../api/access-review.ts';
import { type Identity, type Subject, subjectOf } from '../api/identity.ts';
import { marksOf, personOf, type PersonClaim } from './person.ts';
import { means } from './ref.ts';
import { seat } from './seating.ts';

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
  /** Whether one person could stand behind both sides is not known yet. */
  | 'NotCheckedYet';

/** All the reviews of one request, weighed. */
export interface Tally {
  /** How many approvals are asked for. */
  readonly required: number;
  /** Those that fill a place each, in the order in which they were given. */
  readonly approvals: readonly AccessReview[];
  /** What is still to come, entry by entry. */
  readonly missing: readonly { readonly entry: RequiredApproval; readonly count: number }[];
  readonly denial: AccessReview | undefined;
  readonly revocation: AccessReview | undefined;
  /** By uid of the review. */
  readonly standings: ReadonlyMap<string, Standing>;
}

/** What is weighed, and how people are told apart. */
export interface Ballot {
  readonly requester: Identity;
  /** Who is to have access; undefined for accounts of the system, which are never given any. */
  readonly subject: Subject | undefined;
  readonly reviews: readonly AccessReview[];
  readonly claim: PersonClaim;
  /**
   * Whether one person could stand behind both this account and the requester, because one of the
   * two is a service account that the other could act as; undefined while nobody knows.
   */
  readonly couldActAs: (reviewer: Identity) => boolean | undefined;
}

/**
 * Weighs the reviews of a request against what its policy asks for. One person fills at most one
 * place in one entry, and never in their own request; the places are filled so that as many as
 * possible are.
 */
export function tally({ required = [] }: Approval, ballot: Ballot): Tally {
  const reviews = ballot.reviews.toSorted(byAge);
  const standings = new Map<string, Standing>();
  const sound = reviews.filter((review) => {
    if (review.spec.decision !== 'Approve') return false;
    const flaw = flawOf(review, required, ballot);
    if (flaw) standings.set(review.metadata.uid, flaw);
    return !flaw;
  });
  const voters = peopleAmong(sound, ballot.claim);
  const seats = seat(
    required.map(({ count }) => count),
    voters.map((own) => [...new Set(own.flatMap(({ spec }) => entriesFor(required, spec.reviewer)))]),
  );
  voters.forEach((own, index) => {
    const place = seats[index];
    const counting = own.find(({ spec }) => place !== undefined && entriesFor(required, spec.reviewer).includes(place));
    for (const review of own) {
      standings.set(review.metadata.uid, review === counting ? 'Counted' : counting ? 'SamePerson' : 'NotNeeded');
    }
  });
  for (const review of reviews) {
    if (review.spec.decision === 'Approve') continue;
    standings.set(review.metadata.uid, objectionStanding(review, required, ballot));
  }
  const counted = (decision: string) =>
    reviews.filter(({ metadata, spec }) => spec.decision === decision && standings.get(metadata.uid) === 'Counted');
  return {
    required: required.reduce((sum, { count }) => sum + count, 0),
    approvals: counted('Approve'),
    missing: required.flatMap((entry, index) => {
      const count = entry.count - seats.filter((table) => table === index).length;
      return count > 0 ? [{ entry, count }] : [];
    }),
    denial: counted('Deny')[0],
    revocation: counted('Revoke')[0],
    standings,
  };
}

/** Reviews by whom they are, in the order of each person's first. */
function peopleAmong(reviews: readonly AccessReview[], claim: PersonClaim): AccessReview[][] {
  const people: { marks: Set<string>; own: AccessReview[] }[] = [];
  for (const review of reviews) {
    const marks = marksOf(review.spec.reviewer, claim);
    const [first, ...rest] = people.filter((person) => marks.some((mark) => person.marks.has(mark)));
    const person = first ?? { marks: new Set(), own: [] };
    if (!first) people.push(person);
    person.own.push(review);
    for (const mark of marks) person.marks.add(mark);
    // This account shows that those who looked like several are one.
    for (const other of rest) {
      person.own.push(...other.own);
      for (const mark of other.marks) person.marks.add(mark);
      people.splice(people.indexOf(other), 1);
    }
  }
  return people.map(({ own }) => own.toSorted(byAge));
}

/** The first thing that keeps an approval from counting, whatever others there are. */
function flawOf(
  { spec: { reviewer } }: AccessReview,
  required: readonly RequiredApproval[],
  { requester, subject, claim, couldActAs }: Ballot,
): Standing | undefined {
  const own = marksOf(requester, claim);
  if (marksOf(reviewer, claim).some((mark) => own.includes(mark))) return 'OwnRequest';
  if (required.length === 0) return 'NoReviewAsked';
  if (entriesFor(required, reviewer).length === 0) return 'NotAReviewer';
  if ([reviewer, requester].some((account) => personOf(account, claim) === undefined)) return 'UnknownPerson';
  // One person may stand behind both, and no question about the two would tell.
  if ([subjectOf(reviewer.username), subject].every((account) => account?.kind === 'ServiceAccount')) {
    return 'CouldActAsRequester';
  }
  const could = couldActAs(reviewer);
  if (could === undefined) return 'NotCheckedYet';
  return could ? 'CouldActAsRequester' : undefined;
}

/** A Deny needs a reviewer; taking back what one asked for oneself needs nobody. */
function objectionStanding(
  { spec: { decision, reviewer } }: AccessReview,
  required: readonly RequiredApproval[],
  { requester }: Ballot,
): Standing {
  if (isSameAccount(reviewer, requester)) return decision === 'Revoke' ? 'Counted' : 'OwnRequest';
  if (entriesFor(required, reviewer).length > 0) return 'Counted';
  return required.length === 0 ? 'NoReviewAsked' : 'NotAReviewer';
}

function entriesFor(required: readonly RequiredApproval[], reviewer: Identity): number[] {
  return required.flatMap(({ reviewers }, index) => (reviewers.some((ref) => means(ref, reviewer)) ? [index] : []));
}

function isSameAccount(a: Identity, b: Identity): boolean {
  return a.username === b.username;
}

function byAge(a: AccessReview, b: AccessReview): number {
  const [first, second] = [a, b].map(({ metadata }) => `${metadata.creationTimestamp ?? ''} ${metadata.name}`);
  return (first ?? '') < (second ?? '') ? -1 : 1;
}

/**
 * Whether anybody could ever fulfil what is asked for. Who is in a group nobody can tell, so a
 * group always could; of people named one by one there must be enough besides the requester.
 */
export function canBeFulfilled({ required = [] }: Approval, requester?: Identity): boolean {
  const entries = required.filter(({ reviewers }) => reviewers.every(({ kind }) => kind !== 'Group'));
  const named = new Map<string, number[]>();
  entries.forEach(({ reviewers }, index) => {
    for (const ref of reviewers) {
      if (requester && means(ref, requester)) continue;
      const key = `${ref.kind} ${ref.namespace ?? ''} ${ref.name}`;
      named.set(key, [...(named.get(key) ?? []), index]);
    }
  });
  const seats = seat(
    entries.map(({ count }) => count),
    [...named.values()],
  );
  const filled = seats.filter((table) => table !== undefined).length;
  return filled === entries.reduce((sum, { count }) => sum + count, 0);
}
