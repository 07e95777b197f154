import { describe, expect, it } from 'vitest';
import { Duration } from '../api/duration.ts';
import { readAccessPolicy } from '../api/access-policy.ts';
import { ALLOW_SPEC, allow, deny, policyObject } from '../api/test-objects.ts';
import { judge } from './judge.ts';
import { DEPLOYER, question } from './test-question.ts';

/** A stored spec as the operator reads it, whether or not it can. */
const judgeSpec = (spec: unknown, asked = question()) => judge(readAccessPolicy(policyObject('p', spec)), asked);

describe('an Allow', () => {
  it('permits what every check passes', () => {
    expect(judge(allow('p'), question())).toEqual({
      policy: { name: 'p', uid: 'uid-p', generation: 1 },
      effect: 'Allow',
      findings: ['requesters', 'namespaces', 'access', 'risk', 'onBehalfOf', 'emergency', 'duration'].map((check) => ({
        check,
        finding: { result: 'pass' },
      })),
      applies: true,
    });
  });

  it.each([
    ['requesters', { requesters: [{ kind: 'User', name: 'bob' }] }],
    ['namespaces', { namespaces: { names: ['orders'] } }],
    ['access', { roles: ['view'] }],
    ['duration', { duration: { max: '1m' } }],
  ])('permits nothing when one check fails: %s', (check, change) => {
    const { applies, findings } = judge(allow('p', change), question({ duration: Duration.parse('45m') }));
    expect(applies).toBe(false);
    expect(findings.filter(({ finding }) => finding.result !== 'pass')).toMatchObject([
      { check, finding: { result: 'fail' } },
    ]);
  });

  it.each([
    ['requesters', 'requesters'],
    ['namespaces', 'namespaces'],
    ['roles', 'access'],
  ])('without %s matches nothing', (field, name) => {
    const { applies, findings } = judge(allow('p', { [field]: undefined }), question());
    expect(applies).toBe(false);
    expect(findings.find(({ check }) => check === name)?.finding).toMatchObject({ result: 'fail', wanted: [] });
  });

  it('does not permit when a check errs', () => {
    const { spec, ...policy } = allow('p');
    const { duration: _, ...rest } = spec;
    expect(judge({ ...policy, spec: rest }, question())).toMatchObject({ effect: 'Allow', applies: false });
  });
});

describe('a Deny', () => {
  it('that says nothing denies anything to anybody anywhere', () => {
    expect(judge(deny('p'), question())).toMatchObject({ effect: 'Deny', applies: true, findings: [] });
    expect(judge(deny('p'), question({ requester: DEPLOYER, role: 'view' }))).toMatchObject({ applies: true });
  });

  it.each([
    ['requesters', { requesters: ALLOW_SPEC.requesters }, { requesters: [{ kind: 'User', name: 'bob' }] }],
    ['namespaces', { namespaces: ALLOW_SPEC.namespaces }, { namespaces: { names: ['orders'] } }],
    ['roles', { roles: ALLOW_SPEC.roles }, { roles: ['view'] }],
  ])('reaches as far as its %s', (_, matching, other) => {
    expect(judge(deny('p', matching), question()).applies).toBe(true);
    expect(judge(deny('p', other), question()).applies).toBe(false);
  });

  it('needs all it says to match', () => {
    expect(judge(deny('p', { roles: ALLOW_SPEC.roles, namespaces: { names: ['orders'] } }), question()).applies).toBe(
      false,
    );
  });
});

describe('a policy that cannot be read', () => {
  it.each([
    ['says Allow', { ...ALLOW_SPEC, effect: 'Allow', duration: { max: '2 days' } }],
    ['says nothing, which is Allow', { ...ALLOW_SPEC, approval: { automatic: 'yes' } }],
  ])('permits nothing and denies nothing if it %s', (_, spec) => {
    expect(judgeSpec(spec)).toMatchObject({ effect: 'Allow', applies: false, findings: [] });
  });

  it.each([
    ['is a Deny', { effect: 'Deny', until: 'tomorrow' }],
    ['has another effect', { effect: 'deny' }],
    ['has an effect that is no text', { effect: null, roles: ALLOW_SPEC.roles }],
    ['has no spec', undefined],
    ['has a spec of text', 'deny everything'],
  ])('denies if it %s', (_, spec) => {
    expect(judgeSpec(spec)).toMatchObject({ effect: 'Unreadable', applies: true });
  });

  it.each([
    ['requesters', { requesters: [{ kind: 'User', name: 'bob' }] }],
    ['namespaces', { namespaces: { names: ['orders'] } }],
    ['roles', { roles: ['view'] }],
  ])('denies only within its readable %s', (_, scope) => {
    expect(judgeSpec({ effect: 'Deny', until: 'tomorrow', ...scope })).toMatchObject({
      effect: 'Unreadable',
      applies: false,
    });
  });

  it.each([
    ['requesters', { requesters: [{ kind: 'User', name: 'bob' }, { kind: 'Team' }] }],
    ['namespaces', { namespaces: { names: ['orders'], selector: {} } }],
    ['roles', { roles: 'view' }],
  ])('reaches everywhere where its %s cannot be read either', (_, scope) => {
    expect(judgeSpec({ effect: 'Deny', ...scope })).toMatchObject({ effect: 'Unreadable', applies: true });
  });
});
