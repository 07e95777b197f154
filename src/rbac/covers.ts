import type { PolicyRule } from './rules.ts';

/**
 * Whether what a rule lists in one field covers one wanted value of that field, as the API server
 * judges whoever creates a Role. Wildcards on the wanted side are values like any other, which
 * only a wildcard at least as wide covers; so is a verb, group or resource that exists nowhere.
 *
 * The rules are those of `ruleCovers`:
 * https://github.com/kubernetes/component-helpers/blob/v0.37.2/auth/rbac/validation/policy_comparator.go
 */
export const covers = {
  verbs: coversOrAll,
  apiGroups: coversOrAll,
  resources: coversResource,
  resourceNames: coversName,
  nonResourceURLs: coversURL,
} as const satisfies Record<keyof PolicyRule, (listed: readonly string[], wanted: string) => boolean>;

function coversOrAll(listed: readonly string[], wanted: string): boolean {
  return listed.includes('*') || listed.includes(wanted);
}

/**
 * `*` is every resource and subresource, and `*` before a slash every resource that has this
 * subresource. `pods` alone is none of its subresources, and a star after the slash is no wildcard.
 */
function coversResource(listed: readonly string[], wanted: string): boolean {
  if (coversOrAll(listed, wanted)) return true;
  const slash = wanted.indexOf('/');
  return slash !== -1 && listed.includes(`*${wanted.slice(slash)}`);
}

/** No names are all names. The empty name is one of its own: that of list and create, which name nothing. */
function coversName(listed: readonly string[], wanted: string): boolean {
  return listed.length === 0 || listed.includes(wanted);
}

/** A star at the end, or several, stand for any rest; elsewhere one is a character of the path. */
function coversURL(listed: readonly string[], wanted: string): boolean {
  return listed.some((url) => url === wanted || (url.endsWith('*') && wanted.startsWith(withoutLastStars(url))));
}

/** The part of a URL pattern before the stars at its end. */
export function withoutLastStars(url: string): string {
  let end = url.length;
  while (url[end - 1] === '*') end -= 1;
  return url.slice(0, end);
}
