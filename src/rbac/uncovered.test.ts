import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { covers } from './covers.ts';
import type { PolicyRule } from './rules.ts';
import { permits, REQUESTS } from './test-requests.ts';
import { anyRule, atoms, ceilingOf, combinations, NO_RULE, resourceRule, urlRule, wantedUnder } from './test-rules.ts';
import { uncovered } from './uncovered.ts';

const PODS: PolicyRule = { ...NO_RULE, apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] };
const PODS_LOG: PolicyRule = { ...PODS, resources: ['pods/log'] };
const ONE_POD: PolicyRule = { ...PODS, resourceNames: ['one'] };
const EVERYTHING: PolicyRule = { ...NO_RULE, apiGroups: ['*'], resources: ['*'], verbs: ['*'] };
const LOGS: PolicyRule = { ...NO_RULE, nonResourceURLs: ['/logs/*'], verbs: ['get'] };

describe('rules within a ceiling', () => {
  it.each<[string, PolicyRule[], PolicyRule]>([
    ['nothing', [], NO_RULE],
    ['the same', [PODS], PODS],
    ['fewer verbs', [PODS], { ...PODS, verbs: ['list'] }],
    ['some names out of all', [PODS], { ...PODS, resourceNames: ['one', ''] }],
    ['any rule over resources, of wildcards', [EVERYTHING], { ...EVERYTHING, resourceNames: ['*'] }],
    ['a subresource everywhere, of everything', [EVERYTHING], { ...PODS, resources: ['*/log'] }],
    ['a subresource, of it everywhere', [{ ...PODS, resources: ['*/log'] }], PODS_LOG],
    ['a subresource of two parts', [{ ...PODS, resources: ['*/b/c'] }], { ...PODS, resources: ['a/b/c'] }],
    [
      'each verb by another rule',
      [
        { ...PODS, verbs: ['get'] },
        { ...PODS, verbs: ['list'] },
      ],
      PODS,
    ],
    ['a URL below a pattern, and the pattern', [LOGS], { ...LOGS, nonResourceURLs: ['/logs/a', '/logs/', '/logs/*'] }],
    ['the same pattern with more stars', [LOGS], { ...LOGS, nonResourceURLs: ['/logs/**'] }],
    ['any URL, of the star', [{ ...LOGS, nonResourceURLs: ['*'] }], { ...LOGS, nonResourceURLs: ['/', '/*', 'x*'] }],
    ['a list that is empty', [], { ...PODS, apiGroups: [] }],
  ])('leave nothing: %s', (_, ceiling, wanted) => {
    expect(uncovered(ceiling, [wanted])).toEqual([]);
  });
});

describe('rules beyond a ceiling', () => {
  it.each<[string, PolicyRule[], PolicyRule, Partial<PolicyRule>]>([
    ['anything, of nothing', [], PODS, PODS],
    ['the verb', [PODS], { ...PODS, verbs: ['get', 'watch', 'watch'] }, { verbs: ['watch'] }],
    ['every verb, of some', [PODS], { ...PODS, verbs: ['get', '*'] }, { verbs: ['*'] }],
    ['the group', [PODS], { ...PODS, apiGroups: ['', 'apps'] }, { apiGroups: ['apps'] }],
    ['every group, of one', [PODS], { ...PODS, apiGroups: ['*', ''] }, { apiGroups: ['*'] }],
    ['every resource, of one', [PODS], { ...PODS, resources: ['pods', '*'] }, { resources: ['*'] }],
    ['another case', [PODS], { ...PODS, resources: ['pods', 'Pods'] }, { resources: ['Pods'] }],
    ['a subresource', [PODS], { ...PODS, resources: ['pods', 'pods/log'] }, { resources: ['pods/log'] }],
    ['the resource of a subresource', [{ ...PODS, resources: ['*/log'] }], PODS, PODS],
    ['what only ends alike', [{ ...PODS, resources: ['*s', '*/pods'] }], PODS, PODS],
    ['a star behind the slash', [PODS], { ...PODS, resources: ['pods', 'pods/*'] }, { resources: ['pods/*'] }],
    ['what such a star seems to cover', [{ ...PODS, resources: ['pods/*', '*/*'] }], PODS_LOG, PODS_LOG],
    ['another name', [ONE_POD], { ...PODS, resourceNames: ['one', 'two'] }, { resourceNames: ['two'] }],
    ['all names, of one and a star', [{ ...ONE_POD, resourceNames: ['one', '*'] }], PODS, PODS],
    ['no name, of one', [ONE_POD], { ...PODS, resourceNames: ['', 'one'] }, { resourceNames: [''] }],
    ['URLs, of all resources', [EVERYTHING], LOGS, LOGS],
    ['resources, of all URLs', [{ ...LOGS, nonResourceURLs: ['*'], verbs: ['*'] }], PODS, PODS],
    [
      'what is above a pattern',
      [LOGS],
      { ...LOGS, nonResourceURLs: ['/logs/a', '/logs'] },
      { nonResourceURLs: ['/logs'] },
    ],
    ['the star, of all paths', [{ ...LOGS, nonResourceURLs: ['/*'] }], { ...LOGS, nonResourceURLs: ['*'] }, {}],
    [
      'what a star inside seems to cover',
      [{ ...LOGS, nonResourceURLs: ['/*/a'] }],
      { ...LOGS, nonResourceURLs: ['/b/a'] },
      {},
    ],
    [
      'what two rules cover together, but none alone',
      [
        { ...PODS, verbs: ['get'] },
        { ...PODS, verbs: ['list'], resources: ['*'] },
      ],
      { ...PODS, resources: ['*'] },
      { verbs: ['get'] },
    ],
  ])('leave %s', (_, ceiling, wanted, left) => {
    expect(uncovered(ceiling, [wanted])).toEqual([{ ...wanted, ...left }]);
  });

  it('leave both halves of a rule that the API server would not store', () => {
    const both = { ...PODS, nonResourceURLs: ['/logs/a'] };
    expect(uncovered([], [both])).toEqual([PODS, { ...LOGS, verbs: PODS.verbs, nonResourceURLs: ['/logs/a'] }]);
  });

  it('leave as few rules as the ceiling tells apart, though there are a hundred million combinations', () => {
    const hundred = (of: string): string[] => Array.from({ length: 100 }, (_, n) => `${of}${n}`);
    const [apiGroups, resources, verbs] = [hundred('g'), hundred('r'), hundred('v')];
    const wanted = { ...NO_RULE, verbs, apiGroups, resources, resourceNames: hundred('n') };
    const ceiling = [
      { ...wanted, verbs: ['*'], resources: resources.slice(1) },
      { ...wanted, resourceNames: [], apiGroups: apiGroups.slice(1), verbs: verbs.slice(1) },
    ];
    expect(uncovered(ceiling, [wanted])).toEqual([
      { ...wanted, apiGroups: ['g0'], resources: ['r0'] },
      { ...wanted, apiGroups: apiGroups.slice(1), resources: ['r0'], verbs: ['v0'] },
    ]);
  });
});

/** Whether one rule of the ceiling covers this single combination. */
function isCovered(ceiling: readonly PolicyRule[], atom: PolicyRule): boolean {
  return ceiling.some(
    (rule) =>
      (['verbs', 'apiGroups', 'resources', 'nonResourceURLs'] as const).every((field) =>
        atom[field].every((value) => covers[field](rule[field], value)),
      ) &&
      (atom.resourceNames.length === 0
        ? rule.resourceNames.length === 0
        : atom.resourceNames.every((name) => covers.resourceNames(rule.resourceNames, name))),
  );
}

function ceilingAndWanted(rule: fc.Arbitrary<PolicyRule>) {
  return ceilingOf(rule).chain((ceiling) =>
    fc.record({ ceiling: fc.constant(ceiling), wanted: wantedUnder(ceiling, rule) }),
  );
}

describe('what is left', () => {
  it('is each combination that no rule of the ceiling covers, once, and no other', () => {
    fc.assert(
      fc.property(ceilingAndWanted(anyRule), ({ ceiling, wanted: [wanted = NO_RULE] }) => {
        const left = uncovered(ceiling, [wanted]);
        expect(combinations(left)).toEqual(combinations(atoms([wanted]).filter((atom) => !isCovered(ceiling, atom))));
        expect(atoms(left)).toHaveLength(combinations(left).length);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['resources', resourceRule],
    ['URLs', urlRule],
  ])('permits every request for %s that goes beyond the ceiling, and nothing in it stays within', (_, rule) => {
    fc.assert(
      fc.property(ceilingAndWanted(rule), ({ ceiling, wanted }) => {
        const beyond = REQUESTS.filter((request) => permits(wanted, request) && !permits(ceiling, request));
        const left = uncovered(ceiling, wanted);
        expect(beyond.filter((request) => !permits(left, request))).toEqual([]);
        expect(atoms(left).filter((atom) => !beyond.some((request) => permits([atom], request)))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});
