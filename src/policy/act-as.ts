import { type Identity, isSameSubject, type ServiceAccountRef, type Subject, subjectOf } from '../api/identity.ts';

/** Whether this account could act as that service account. */
export interface Pair {
  readonly who: Identity;
  readonly as: ServiceAccountRef;
}

/** How many accounts of one person are asked about: by more than that nobody reviews in earnest. */
const ASKED = 4;

/**
 * Who could stand behind a service account on either side of an approval: the reviewer behind the
 * one that asks or is to have access, or whoever asks behind one that reviews.
 */
export function sidesOf(
  { requester, subject }: { readonly requester: Identity; readonly subject: Subject | undefined },
  reviewer: Identity,
): Pair[] {
  const asking = serviceAccountOf(requester);
  const reviewing = serviceAccountOf(reviewer);
  const parties = [asking, subject && asking && isSameSubject(subject, asking) ? undefined : subject];
  return [
    ...parties.flatMap((party) => (party?.kind === 'ServiceAccount' ? [{ who: reviewer, as: party }] : [])),
    ...(reviewing ? [{ who: requester, as: reviewing }] : []),
  ];
}

/**
 * Whether any of one person's accounts could act as any of those service accounts, as questions;
 * undefined where these are too many to ask.
 */
export function pairsBetween(accounts: readonly Identity[], others: readonly Identity[]): Pair[] | undefined {
  const [people, serviceAccounts] = [accounts, others].map((each) => {
    return [...new Map(each.map((account) => [JSON.stringify(account), account])).values()];
  });
  if (!people || !serviceAccounts || people.length > ASKED || serviceAccounts.length > ASKED) return undefined;
  return people.flatMap((who) => {
    return serviceAccounts.flatMap((account) => {
      const as = serviceAccountOf(account);
      return as ? [{ who, as }] : [];
    });
  });
}

/** The service account that this account is, if it is one. */
export function serviceAccountOf({ username }: Identity): ServiceAccountRef | undefined {
  const subject = subjectOf(username);
  return subject?.kind === 'ServiceAccount' ? subject : undefined;
}
