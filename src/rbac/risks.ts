import { covers, withoutLastStars } from './covers.ts';
import { READS, type RiskCode, RISKS, type RiskyRight } from './risky-rights.ts';
import type { ClusterRole, PolicyRule } from './rules.ts';

/** A right in a rule that is risky, or a role that is so by its name. Text is rendered late, from this alone. */
export type Risk =
  | {
      readonly code: Exclude<RiskCode, 'BuiltInRole'>;
      /** Index of the rule. */
      readonly rule: number;
      /** The part of the rule that gives it, as written there; of wildcards only themselves. */
      readonly found: PolicyRule;
    }
  | { readonly code: 'BuiltInRole'; readonly role: string };

const BUILT_IN: readonly string[] = ['admin', 'edit', 'cluster-admin'];

/** All that is risky about a role: none, and it can be granted without further ado. */
export function risksOfRole({
  metadata: { name },
  rules,
}: Pick<ClusterRole, 'rules'> & { readonly metadata: { readonly name: string } }): Risk[] {
  return [...(isBuiltInRole(name) ? [{ code: 'BuiltInRole', role: name } as const] : []), ...risks(rules)];
}

/** Whether a ClusterRole is risky by its name: Kubernetes itself decides what is in it. */
function isBuiltInRole(name: string): boolean {
  return BUILT_IN.includes(name) || name.startsWith('system:');
}

/**
 * All that is risky about these rules, by rule, in the order of {@link RISKS}. Fails closed: a rule
 * is risky if it gives a risky right among others, or would on a server that knows its verb.
 */
export function risks(rules: readonly PolicyRule[]): Risk[] {
  return rules.flatMap((rule, index) => [
    ...wildcards(rule).map((found) => ({ code: 'Wildcard', rule: index, found }) as const),
    ...RISKS.flatMap(({ code, rights }) =>
      code === 'BuiltInRole'
        ? []
        : rights.flatMap((right) => overlap(rule, right).map((found) => ({ code, rule: index, found }))),
    ),
  ]);
}

/**
 * What of the rule is a wildcard, or is meant as one: `pods/*` and `get*` RBAC takes literally. Not
 * so the names, where a star is none, and URLs but the star alone: a pattern there is no promise
 * about the future.
 */
function wildcards({ verbs, apiGroups, resources, nonResourceURLs }: PolicyRule): PolicyRule[] {
  const found = {
    verbs: verbs.filter(hasStar),
    apiGroups: apiGroups.filter(hasStar),
    resources: resources.filter(hasStar),
    resourceNames: [],
    nonResourceURLs: nonResourceURLs.filter((url) => hasStar(url) && ['', '/'].includes(withoutLastStars(url))),
  };
  return Object.values(found).some((list) => list.length > 0) ? [found] : [];
}

function hasStar(value: string): boolean {
  return value.includes('*');
}

/** The part of the rule that gives this right, or some of it. */
function overlap(rule: PolicyRule, right: RiskyRight): PolicyRule[] {
  const verbs = rule.verbs.filter((verb) => verb === '*' || isRisky(verb, right.verbs));
  const apiGroups = rule.apiGroups.filter((group) => reaches('apiGroups', group, right));
  const resources = rule.resources.filter((resource) => reaches('resources', resource, right));
  if ([verbs, apiGroups, resources].some((list) => list.length === 0)) return [];
  return [{ verbs, apiGroups, resources, resourceNames: rule.resourceNames, nonResourceURLs: [] }];
}

function reaches(field: 'apiGroups' | 'resources', value: string, right: RiskyRight): boolean {
  return right[field].some((risky) => risky === '*' || covers[field]([value], risky));
}

function isRisky(verb: string, risky: RiskyRight['verbs']): boolean {
  if (risky === 'any') return true;
  if (risky === 'writes') return !READS.includes(verb);
  return risky.some((one) => (one.endsWith('*') ? verb.startsWith(one.slice(0, -1)) : verb === one));
}
