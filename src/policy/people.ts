import type { AccessReview } from '../api/access-review.ts';
import { type Pair, pairsBetween, serviceAccountOf } from './act-as.ts';
import { marksOf, type PersonClaim } from './person.ts';
import { type Ballot, byAge } from './standing.ts';

/** All that one person has said, in the order in which it was said. */
export type Said = readonly AccessReview[];

/** Reviews by whom they are, in the order of each person's first. */
export function peopleAmong(reviews: readonly AccessReview[], claim: PersonClaim): Said[] {
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

/** Who does not count beside whom, because one person may stand behind both. */
export interface Apart {
  /** By index, each who comes as a service account, and those of the others who could act as it, or might. */
  readonly serviceAccounts: ReadonlyMap<number, ReadonlySet<number>>;
  /** What is not known yet about one of these and one of the others. */
  readonly doubts: readonly {
    readonly serviceAccount: number;
    readonly other: number;
    readonly pairs: readonly Pair[];
  }[];
}

/** Finds out who could act as the service accounts that reviewed. As long as that is not known, they do not count together. */
export function keepApart(voters: readonly Said[], couldActAs: Ballot['couldActAs']): Apart {
  const accounts = voters.map((own) => own.map(({ spec }) => spec.reviewer));
  const isServiceAccount = accounts.map((own) => own.some(serviceAccountOf));
  const doubts: Apart['doubts'][number][] = [];
  const serviceAccounts = new Map<number, Set<number>>();
  for (const index of accounts.keys()) {
    if (!isServiceAccount[index]) continue;
    const others = new Set<number>();
    serviceAccounts.set(index, others);
    for (const [other, own] of accounts.entries()) {
      if (isServiceAccount[other]) continue;
      const pairs = pairsBetween(own, accounts[index] ?? []);
      const could = pairs ? couldActAs(pairs) : true;
      if (could !== false) others.add(other);
      if (pairs && could === undefined) doubts.push({ serviceAccount: index, other, pairs });
    }
  }
  return { serviceAccounts, doubts };
}
