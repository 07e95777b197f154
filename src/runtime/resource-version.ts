/**
 * Negative, zero or positive as `one` is older than, the same as or newer than `other`. Resource
 * versions are decimal integers of any size (KEP-5504), without sign or leading zeros, so the
 * longer one is the greater one and equal lengths compare as text. Only versions of one resource
 * are comparable.
 */
export function compareVersions(one: string, other: string): number {
  if (one.length !== other.length) return one.length - other.length;
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
