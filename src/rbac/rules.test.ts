import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ZodError } from 'zod';
import { bindableRoles, type PolicyRule, readClusterRole, rulesHash } from './rules.ts';

const metadata = { name: 'view', uid: 'u', resourceVersion: '1' };
const aggregationRule = { clusterRoleSelectors: [{ matchLabels: { 'example.com/part-of': 'view' } }] };
const FIELDS = ['verbs', 'apiGroups', 'resources', 'resourceNames', 'nonResourceURLs'] as const;
const EMPTY: PolicyRule = { verbs: [], apiGroups: [], resources: [], resourceNames: [], nonResourceURLs: [] };

const word = fc.constantFrom('get', 'pods', '', '*', 'a,b', 'a","b', '["a"]');
const list = fc.uniqueArray(word, { maxLength: 3 });
const rule = fc.record({ verbs: list, apiGroups: list, resources: list, resourceNames: list, nonResourceURLs: list });
const rules = fc.array(rule, { maxLength: 3 });

/** What the rules say, told apart from the order in which they say it: each rule as a set of field and value, counted. */
function meaning(of: readonly PolicyRule[]): string[] {
  const each = of.map((one) =>
    FIELDS.flatMap((field) => one[field].map((value) => `${field} ${JSON.stringify(value)}`)),
  );
  return each.map((parts) => parts.toSorted().join(' & ')).toSorted();
}

function hashOf(...parts: Partial<PolicyRule>[]): string {
  return rulesHash(parts.map((part) => ({ ...EMPTY, ...part })));
}

describe('rulesHash', () => {
  it('does not depend on the order of rules, nor of anything in them', () => {
    const reordered = rules.chain((from) =>
      fc.tuple(
        fc.constant(from),
        fc
          .shuffledSubarray(from, { minLength: from.length })
          .chain((to) => fc.tuple(...to.map((one) => fc.record(shuffled(one))))),
      ),
    );
    fc.assert(
      fc.property(reordered, ([from, to]) => {
        expect(rulesHash(to)).toBe(rulesHash(from));
      }),
    );
  });

  it('is another for rules that say anything else', () => {
    fc.assert(
      fc.property(rules, rules, (one, other) => {
        const same = JSON.stringify(meaning(one)) === JSON.stringify(meaning(other));
        expect(rulesHash(one) === rulesHash(other)).toBe(same);
      }),
    );
  });

  it.each(FIELDS)('notices one more of %s, and one less', (field) => {
    const before = [{ ...EMPTY, [field]: ['a'] }];
    expect(rulesHash([{ ...EMPTY, [field]: ['a', 'b'] }])).not.toBe(rulesHash(before));
    expect(rulesHash([EMPTY])).not.toBe(rulesHash(before));
  });

  it('notices a value that moves from one field or one rule to another', () => {
    expect(hashOf({ verbs: ['a'] })).not.toBe(hashOf({ resources: ['a'] }));
    expect(hashOf({ verbs: ['a', 'b'] })).not.toBe(hashOf({ verbs: ['a'] }, { verbs: ['b'] }));
    expect(hashOf({ verbs: ['a,b'] })).not.toBe(hashOf({ verbs: ['a', 'b'] }));
  });
});

function shuffled(one: PolicyRule): { [field in keyof PolicyRule]: fc.Arbitrary<string[]> } {
  const of = (field: keyof PolicyRule) => fc.shuffledSubarray(one[field], { minLength: one[field].length });
  return {
    verbs: of('verbs'),
    apiGroups: of('apiGroups'),
    resources: of('resources'),
    resourceNames: of('resourceNames'),
    nonResourceURLs: of('nonResourceURLs'),
  };
}

describe('readClusterRole', () => {
  it('reads the rules, with what they leave out as empty', () => {
    const found = [{ apiGroups: [''], resources: ['pods/log'], verbs: ['get'] }];
    const wanted = [{ ...EMPTY, apiGroups: [''], resources: ['pods/log'], verbs: ['get'] }];
    expect(readClusterRole({ metadata, rules: found })).toEqual({
      metadata,
      rules: wanted,
      rulesHash: rulesHash(wanted),
      unfilled: false,
    });
  });

  it.each([[undefined], [null], [[]]])('reads rules of %j as none: an aggregated role begins so', (found) => {
    expect(readClusterRole({ metadata, rules: found }).rules).toEqual([]);
  });

  it.each([[undefined], [null], [[]]])(
    'knows that rules of %j are still to be filled in, if it is aggregated',
    (found) => {
      expect(readClusterRole({ metadata, aggregationRule, rules: found }).unfilled).toBe(true);
      expect(readClusterRole({ metadata, aggregationRule: null, rules: found }).unfilled).toBe(false);
      expect(readClusterRole({ metadata, aggregationRule, rules: [{ verbs: ['get'] }] }).unfilled).toBe(false);
    },
  );

  it('gives an aggregated role the hash of what it was filled with, however that came about', () => {
    const filled = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }];
    const before = readClusterRole({ metadata, aggregationRule, rules: null });
    const after = readClusterRole({ metadata, aggregationRule, rules: filled });
    expect(after.rulesHash).not.toBe(before.rulesHash);
    expect(after.rulesHash).toBe(readClusterRole({ metadata, rules: filled }).rulesHash);
  });

  it.each([['*'], [{}], [['*']], [[{ verbs: '*' }]], [[{ verbs: [1] }]]])('does not take %j for rules', (found) => {
    expect(() => readClusterRole({ metadata, rules: found })).toThrow(ZodError);
  });
});

describe('bindableRoles', () => {
  const bind = {
    ...EMPTY,
    verbs: ['bind'],
    apiGroups: ['rbac.authorization.k8s.io'],
    resources: ['clusterroles'],
    resourceNames: ['view', 'logs'],
  };

  it('are those named by a rule that gives bind', () => {
    const other = { ...bind, resourceNames: ['exec'], verbs: ['get', 'bind'], resources: ['roles', 'clusterroles'] };
    expect(bindableRoles([bind, other])).toEqual(new Set(['view', 'logs', 'exec']));
  });

  it.each<[string, Partial<PolicyRule>]>([
    ['no names, which is all of them', { resourceNames: [] }],
    ['every verb', { verbs: ['*'] }],
    ['every group', { apiGroups: ['*'] }],
    ['every resource', { resources: ['*'] }],
    ['another verb', { verbs: ['get', 'escalate'] }],
    ['another group', { apiGroups: ['', 'daypass.dev'] }],
    ['another resource', { resources: ['roles', 'clusterroles/status'] }],
  ])('are none where a rule gives %s', (_, change) => {
    expect(bindableRoles([{ ...bind, ...change }])).toEqual(new Set());
  });

  it('are not put together from several rules', () => {
    expect(
      bindableRoles([
        { ...bind, resources: ['roles'] },
        { ...bind, verbs: ['get'] },
      ]),
    ).toEqual(new Set());
  });
});
