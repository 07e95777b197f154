import { isJsonObject } from '../runtime/merge-patch.ts';

/**
 * The first place where two JSON values differ, such as `.validations[2].expression`; empty where
 * they differ as a whole, undefined where they do not.
 */
export function firstDifference(wanted: unknown, found: unknown): string | undefined {
  if (Array.isArray(wanted) && Array.isArray(found)) {
    if (wanted.length !== found.length) return '';
    return firstOf(wanted.keys(), (index) => [`[${index}]`, wanted[index], found[index]]);
  }
  if (isJsonObject(wanted) && isJsonObject(found)) {
    const fields = new Set([...Object.keys(wanted), ...Object.keys(found)]);
    return firstOf(fields, (field) => [`.${field}`, wanted[field], found[field]]);
  }
  return wanted === found ? undefined : '';
}

function firstOf<Key>(
  keys: Iterable<Key>,
  at: (key: Key) => readonly [path: string, wanted: unknown, found: unknown],
): string | undefined {
  for (const key of keys) {
    const [path, wanted, found] = at(key);
    const deeper = firstDifference(wanted, found);
    if (deeper !== undefined) return path + deeper;
  }
  return undefined;
}
