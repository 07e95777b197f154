import { describe, expect, it } from 'vitest';
import { readAccessPolicy } from '../api/access-policy.ts';
import { Duration } from '../api/duration.ts';
import { allow, deny, policyObject } from '../api/test-objects.ts';
import { decide } from './decide.ts';
import { explainDenial } from './explain.ts';
import { question } from './test-question.ts';

function explain(
  policies: Parameters<typeof decide>[0],
  asked = question({ duration: Duration.parse('45m') }),
): string {
  const verdict = decide(policies, asked);
  if (verdict.decision === 'Allow') throw new TypeError('a test of denials');
  return explainDenial(verdict);
}

const bobs = { requesters: [{ kind: 'User', name: 'bob' }] };

describe('a miss', () => {
  it.each([
    [
      { namespaces: { names: ['orders'] } },
      'no policy permits this: p: it is not for namespace payments, only for orders',
    ],
    [{ roles: ['view', 'edit'] }, 'no policy permits this: p: it does not give daypass-pod-logs, only view, edit'],
    [{ duration: { max: '10m' } }, 'no policy permits this: p: 45m is longer than its 10m'],
    [{ roles: undefined }, 'no policy permits this: p: it lets nobody ask for a role'],
    [{ namespaces: undefined }, 'no policy permits this: p: it is for no namespace'],
  ])('%j is explained by what was wanted and what was asked', (change, text) => {
    expect(explain([allow('p', change)])).toBe(text);
  });

  it('of a policy for roles alone says so to who asks by permission', () => {
    const logs = { apiGroups: [''], resources: ['pods/log'], resourceNames: [], nonResourceURLs: [], verbs: ['get'] };
    const { role: _, ...asked } = question({ rules: [logs] });
    expect(explain([allow('p')], asked)).toBe('no policy permits this: p: it lets nobody ask by permission');
  });

  it('tells the nearest first, and of three policies at most', () => {
    const far = { roles: ['view'], namespaces: { names: ['orders'] } };
    const policies = [
      allow('a', far),
      allow('d', { roles: ['view'] }),
      allow('c', { roles: ['view'] }),
      allow('b', far),
    ];
    const text = explain(policies);
    expect([...text.matchAll(/\b([a-d]): /g)].map(([, name]) => name)).toEqual(['c', 'd', 'a']);
  });

  it('lists eight names at most', () => {
    const names = [...'abcdefghij'].map((letter) => `team-${letter}`);
    expect(explain([allow('p', { namespaces: { names } })])).toMatch(/only for team-a, .*team-h, …$/);
  });

  it('says so where a policy cannot be evaluated', () => {
    const { spec, ...policy } = allow('p');
    const { duration: _, ...rest } = spec;
    expect(explain([{ ...policy, spec: rest }])).toBe('no policy permits this: p: it cannot be evaluated');
  });
});

describe('who asks learns nothing', () => {
  it('of policies for others', () => {
    expect(explain([allow('secret-project', bobs)])).toBe('no policy lets you ask for access');
    expect(explain([allow('secret-project', bobs), allow('p', { roles: ['view'] })])).not.toContain('secret-project');
  });

  it('of a policy for nobody', () => {
    expect(explain([allow('secret-project', { requesters: undefined })])).toBe('no policy lets you ask for access');
  });

  it('of a Deny for others', () => {
    expect(explain([deny('secret-project', bobs), allow('p', { roles: ['view'] })])).not.toContain('secret-project');
  });

  it('of an Allow that cannot be read', () => {
    const broken = readAccessPolicy(policyObject('secret-project', { effect: 'Allow', until: 'tomorrow' }));
    expect(explain([broken])).toBe('no policy lets you ask for access');
  });

  it('of who else is listed', () => {
    const requesters = [
      { kind: 'User', name: 'ada' },
      { kind: 'User', name: 'bob' },
    ];
    expect(explain([allow('p', { requesters, roles: ['view'] })])).not.toContain('bob');
  });
});

it('names the Deny, and the policy that cannot be read', () => {
  expect(explain([deny('freeze')])).toBe('policy freeze denies this');
  const broken = readAccessPolicy(policyObject('freeze', { effect: 'Deny', until: 'tomorrow' }));
  expect(explain([broken])).toBe('policy freeze cannot be read, and nothing new is granted where it may apply');
});

it('is one line, whatever the policies hold', () => {
  const selector = { matchLabels: { team: '\u001b[2J\n\u202e\u2028' } };
  expect(explain([allow('p', { namespaces: { selector } })])).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
});
