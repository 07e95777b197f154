import fc from 'fast-check';
import type { PolicyRule } from './rules.ts';

/** Permits nothing: what tests build rules from. */
export const NO_RULE: PolicyRule = { verbs: [], apiGroups: [], resources: [], resourceNames: [], nonResourceURLs: [] };

const VERBS = ['get', 'list', 'create', '*'];
const GROUPS = ['', 'apps', '*'];
const RESOURCES = ['pods', 'pods/log', 'pods/exec', 'jobs', 'jobs/log', 'pods/*', '*/log', '*/*', 'a/b/log', '*/b/log'];
const NAMES = ['', 'one', 'two', '*'];
const URLS = ['/logs', '/logs/', '/logs/*', '/logs/a', '/logs/a*', '/logs/**', '/lo*gs', '/debug/*', '*', '/*'];

/** Mostly one value, sometimes more or, where `minLength` is 0, none. */
function some(values: readonly string[], minLength: number): fc.Arbitrary<string[]> {
  return fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom(...values).map((value) => [value]) },
    { weight: 1, arbitrary: fc.array(fc.constantFrom(...values), { minLength, maxLength: 3 }) },
  );
}

const namesOrNone = fc.oneof(fc.constant<string[]>([]), some(NAMES, 1));

/** A rule over resources, as the API server stores them. */
export const resourceRule: fc.Arbitrary<PolicyRule> = fc
  .record({
    verbs: some(VERBS, 1),
    apiGroups: some(GROUPS, 1),
    resources: some([...RESOURCES, '*'], 1),
    resourceNames: namesOrNone,
  })
  .map((lists) => ({ ...NO_RULE, ...lists }));

/** A rule over URLs, as the API server stores them. */
export const urlRule: fc.Arbitrary<PolicyRule> = fc
  .record({ verbs: some(VERBS, 1), nonResourceURLs: some(URLS, 1) })
  .map((lists) => ({ ...NO_RULE, ...lists }));

/** A rule that the API server judges, but may not store: with lists that are empty or do not go together. */
export const anyRule: fc.Arbitrary<PolicyRule> = fc.record({
  verbs: some(VERBS, 0),
  apiGroups: some(GROUPS, 0),
  resources: some([...RESOURCES, '*'], 0),
  resourceNames: some(NAMES, 0),
  nonResourceURLs: some(URLS, 0),
});

/** Rules as a ceiling. */
export function ceilingOf(rule: fc.Arbitrary<PolicyRule>): fc.Arbitrary<PolicyRule[]> {
  return fc.array(rule, { minLength: 1, maxLength: 4 });
}

/** Rules that somebody under this ceiling may want: most of them lie within it, the others are `rule`s. */
export function wantedUnder(
  ceiling: readonly PolicyRule[],
  rule: fc.Arbitrary<PolicyRule>,
): fc.Arbitrary<PolicyRule[]> {
  const one = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...ceiling).chain(within) },
    { weight: 1, arbitrary: rule },
  );
  return fc.array(one, { minLength: 1, maxLength: 3 });
}

/** A rule that permits some of what `rule` does, in most cases: its names may be too many. */
function within(rule: PolicyRule): fc.Arbitrary<PolicyRule> {
  return fc.record({
    verbs: narrower(rule.verbs, VERBS),
    apiGroups: narrower(rule.apiGroups, GROUPS),
    resources: narrower(rule.resources, RESOURCES),
    resourceNames: fc.oneof(fc.constant(rule.resourceNames), namesOrNone),
    nonResourceURLs: narrower(rule.nonResourceURLs, URLS),
  });
}

function narrower(listed: readonly string[], values: readonly string[]): fc.Arbitrary<string[]> {
  if (listed.length === 0) return fc.constant([]);
  return listed.includes('*') ? some(values, 1) : fc.subarray([...listed], { minLength: 1 });
}

/** Every single combination that the rules list, each as a rule of its own. */
export function atoms(rules: readonly PolicyRule[]): PolicyRule[] {
  return rules.flatMap(({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }) => {
    const names = resourceNames.length === 0 ? [[]] : resourceNames.map((name) => [name]);
    const over = apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        names.map((name) => ({ ...NO_RULE, apiGroups: [group], resources: [resource], resourceNames: name })),
      ),
    );
    const under = nonResourceURLs.map((url) => ({ ...NO_RULE, nonResourceURLs: [url] }));
    return [...over, ...under].flatMap((atom) => verbs.map((verb) => ({ ...atom, verbs: [verb] })));
  });
}

/** The {@link atoms} of the rules as text: sorted, each once. */
export function combinations(rules: readonly PolicyRule[]): string[] {
  return [...new Set(atoms(rules).map((atom) => JSON.stringify(atom)))].toSorted();
}
