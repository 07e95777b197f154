import type { Identity } from '../api/identity.ts';

/**
 * What tells people apart. One person may have two usernames; where the way they authenticate
 * vouches for something better (a uid, a key of `extra`), the operator is told to go by that.
 */
export const PERSON_CLAIMS = [
  'username',
  'uid',
  // Of the keys of extra that are stamped (deploy/stamp) those that are about people, not about their credentials.
  'extra:arn',
  'extra:sessionName',
] as const;
export type PersonClaim = (typeof PERSON_CLAIMS)[number];

/**
 * What an account goes by: two accounts with one of these in common are one person's. The username
 * always counts, so that nobody becomes two people by two credentials.
 */
export function marksOf(identity: Identity, claim: PersonClaim): readonly string[] {
  const person = personOf(identity, claim);
  return [`username ${fold(identity.username)}`, ...(person === undefined ? [] : [`${claim} ${person}`])];
}

/**
 * Who an account belongs to, or undefined where it does not say. Names that people take for the
 * same are one person's: that can cost an approval, never give one too many (promise P4). RBAC
 * goes by the exact name all the same.
 */
export function personOf(identity: Identity, claim: PersonClaim): string | undefined {
  const value = fold(valueOf(identity, claim) ?? '');
  return value === '' ? undefined : value;
}

/**
 * A name without what eye and directory overlook: case, width and other compatible forms, white
 * space, and what is invisible. As NFKC_Casefold does, but for three things: full upper case
 * instead of case folding, so that dotless i is an i as well; white space; and the marks that
 * belong to no script, accents among them, which some directories do not compare.
 * https://www.unicode.org/reports/tr31/#NFKC_Modifications, https://www.unicode.org/reports/tr39/#Confusable_Detection
 */
function fold(text: string): string {
  // Lower case comes first because capital sharp s has no other upper case.
  return bare(bare(text).toLowerCase().toUpperCase());
}

const OVERLOOKED = /[\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}]|(?=\p{Script=Inherited})\p{M}/gu;

function bare(text: string): string {
  return text.normalize('NFKD').replaceAll(OVERLOOKED, '');
}

function valueOf({ username, uid, extra }: Identity, claim: PersonClaim): string | undefined {
  if (claim === 'username') return username;
  if (claim === 'uid') return uid;
  const key = claim.slice('extra:'.length);
  // More than one value names nobody for certain.
  const values = extra && Object.hasOwn(extra, key) ? extra[key] : undefined;
  return values?.length === 1 ? values[0] : undefined;
}
