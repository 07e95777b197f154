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
  readonly robots: ReadonlyMap<number, ReadonlySet<number>>;
  /** What is not known yet about one of these and one of the others. */
  readonly doubts: readonly { readonly robot: number; readonly other: number; readonly pairs: readonly Pair[] }[];
}

/** Finds out who could act as the service accounts that reviewed. As long as that is not known, they do not count together. */
export function keepApart(voters: readonly Said[], couldActAs: Ballot['couldActAs']): Apart {
  const accounts = voters.map((own) => own.map(({ spec }) => spec.reviewer));
  const isRobot = accounts.map((own) => own.some(serviceAccountOf));
  const doubts: Apart['doubts'][number][] = [];
  const robots = new Map<number, Set<number>>();
  for (const robot of accounts.keys()) {
    if (!isRobot[robot]) continue;
    const others = new Set<number>();
    robots.set(robot, others);
    for (const [other, own] of accounts.entries()) {
      if (isRobot[other]) continue;
      const pairs = pairsBetween(own, accounts[robot] ?? []);
      const could = pairs ? couldActAs(pairs) : true;
      if (could !== false) others.add(other);
      if (pairs && could === undefined) doubts.push({ robot, other, pairs });
    }
  }
  return { robots, doubts };
}
