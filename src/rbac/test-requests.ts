import type { PolicyRule } from './rules.ts';

/** What the API server asks an authorizer about one request. */
export type Request =
  | {
      readonly verb: string;
      readonly group: string;
      readonly resource: string;
      readonly subresource: string;
      readonly name: string;
    }
  | { readonly verb: string; readonly url: string };

/** Something that no rule of a test names, so that only what reaches everything reaches it. */
const OTHER = 'other';

const VERBS = ['get', 'list', 'create', OTHER];
const TYPES = ['', 'apps', OTHER].flatMap((group) =>
  ['pods', 'jobs', 'a', OTHER].flatMap((resource) =>
    ['', 'log', 'exec', 'b/log', '*', OTHER].map((subresource) => ({ group, resource, subresource })),
  ),
);
const NAMES = ['', 'one', 'two', '*', OTHER];
/** The last are not paths, and never asked for: but the API server takes `*` for more than `/*`, which they tell apart. */
const URLS = ['/', '/logs', '/logs/', '/logs/a', '/lo*gs', '/debug/', ''].flatMap((url) => [url, url + OTHER]);

/** A small world: every request there can be in it. */
export const REQUESTS: readonly Request[] = VERBS.flatMap((verb) => [
  ...TYPES.flatMap((type) => NAMES.map((name) => ({ verb, ...type, name }))),
  ...URLS.map((url) => ({ verb, url })),
]);

/**
 * Whether RBAC lets this request pass: the words of its documentation, one rule at a time, with
 * nothing of what judges rules against rules.
 * https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources
 */
export function permits(rules: readonly PolicyRule[], request: Request): boolean {
  return rules.some((rule) => {
    if (!rule.verbs.some((verb) => verb === '*' || verb === request.verb)) return false;
    if ('url' in request) return rule.nonResourceURLs.some((pattern) => matches(pattern, request.url));
    const { group, resource, subresource, name } = request;
    const patterns = subresource === '' ? [resource, '*'] : [`${resource}/${subresource}`, `*/${subresource}`, '*'];
    const inGroup = rule.apiGroups.some((some) => some === '*' || some === group);
    const ofType = rule.resources.some((some) => patterns.includes(some));
    return inGroup && ofType && (rule.resourceNames.length === 0 || rule.resourceNames.includes(name));
  });
}

function matches(pattern: string, url: string): boolean {
  const stars = /\*+$/.exec(pattern);
  return stars === null ? pattern === url : url.startsWith(pattern.slice(0, stars.index)) || pattern === url;
}
