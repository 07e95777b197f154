import { describe, expect, it } from 'vitest';
import { readAccessPolicy } from './access-policy.ts';
import { ALLOW_SPEC, allow, policyObject } from './test-objects.ts';

/** What is wrong with a policy whose spec is an Allow's, with `change` on top. */
function problem(change: object): string {
  const read = readAccessPolicy(policyObject('p', { ...ALLOW_SPEC, ...change }));
  return 'unreadable' in read ? read.unreadable : '';
}

it('reads an Allow', () => {
  expect(allow('payments-debug', { priority: 10, description: 'On-call developers' }).spec).toEqual({
    ...ALLOW_SPEC,
    priority: 10,
    description: 'On-call developers',
  });
});

it('reads a Deny, which needs nothing else', () => {
  const read = readAccessPolicy(policyObject('stop', { effect: 'Deny' }));
  expect(read).toMatchObject({ spec: { effect: 'Deny' }, status: {} });
});

describe('a malformed policy is unreadable, and says by which field and what is allowed:', () => {
  const ref = { kind: 'Group', name: 'developers' };
  it.each<[string, object, string]>([
    ['another effect', { effect: 'deny' }, 'spec.effect: Invalid option: expected one of "Allow"|"Deny"'],
    ['a priority in words', { priority: 'high' }, 'spec.priority: Invalid input: expected number'],
    ['half a priority', { priority: 0.5 }, 'spec.priority: Invalid input: expected int'],
    [
      'a priority beyond all bounds',
      { priority: 1_000_001 },
      'spec.priority: Too big: expected number to be <=1000000',
    ],
    ['nobody', { requesters: [] }, 'spec.requesters: Too small: expected array to have >=1 items'],
    [
      'a crowd',
      { requesters: Array.from({ length: 65 }, () => ref) },
      'spec.requesters: Too big: expected array to have <=64 items',
    ],
    [
      'another kind of requester',
      { requesters: [{ kind: 'Team', name: 'x' }] },
      'spec.requesters.0.kind: Invalid option: expected one of "User"|"Group"|"ServiceAccount"',
    ],
    [
      'a requester without a name',
      { requesters: [{ kind: 'User' }] },
      'spec.requesters.0.name: Invalid input: expected string',
    ],
    [
      'a user of the system',
      { requesters: [{ kind: 'User', name: 'system:admin' }] },
      'spec.requesters.0.name: names of kind User may not start with "system:"; name a service account by kind ServiceAccount',
    ],
    [
      'a service account from nowhere',
      { requesters: [{ kind: 'ServiceAccount', name: 'deployer' }] },
      'spec.requesters.0.namespace: required for kind ServiceAccount, and allowed only there',
    ],
    [
      'a group in a namespace',
      { requesters: [{ ...ref, namespace: 'ci' }] },
      'spec.requesters.0.namespace: required for kind ServiceAccount, and allowed only there',
    ],
    ['no namespaces', { namespaces: {} }, 'spec.namespaces: needs names or selector'],
    [
      'a pattern for a namespace',
      { namespaces: { names: ['pay*'] } },
      'spec.namespaces.names.0: the name of a namespace',
    ],
    [
      'an empty selector',
      { namespaces: { selector: {} } },
      'spec.namespaces.selector: may not be empty: it would select every namespace',
    ],
    ['no roles', { roles: [] }, 'spec.roles: Too small: expected array to have >=1 items'],
    ['nine roles', { roles: [...'abcdefghi'] }, 'spec.roles: Too big: expected array to have <=8 items'],
    ['a path for a role', { roles: ['../secrets'] }, 'spec.roles.0: the name of a ClusterRole, without "/" or "%"'],
    ['no duration', { duration: undefined }, 'spec.duration: required for effect Allow, not allowed for Deny'],
    ['a duration without an end', { duration: { default: '1h' } }, 'spec.duration.max: Invalid input: expected string'],
    [
      'days',
      { duration: { max: '2 days' } },
      'spec.duration.max: hours, minutes and seconds, such as 90s, 45m or 1h30m',
    ],
    [
      'a default beyond the most',
      { duration: { default: '241m', max: '4h' } },
      'spec.duration.default: may not be longer than max',
    ],
    ['no approval', { approval: undefined }, 'spec.approval: required for effect Allow, not allowed for Deny'],
    ['an empty approval', { approval: {} }, 'spec.approval: needs exactly one of automatic and required'],
    [
      'approval both ways',
      { approval: { automatic: true, required: [{ reviewers: [ref], count: 1 }] } },
      'spec.approval: needs exactly one of automatic and required',
    ],
    [
      'approval by nobody',
      { approval: { required: [{ reviewers: [], count: 1 }] } },
      'spec.approval.required.0.reviewers: Too small: expected array to have >=1 items',
    ],
    [
      'no approvals at all',
      { approval: { required: [{ reviewers: [ref], count: 0 }] } },
      'spec.approval.required.0.count: Too small: expected number to be >=1',
    ],
    [
      'reviewers of the system',
      { approval: { required: [{ reviewers: [{ kind: 'User', name: 'system:admin' }], count: 1 }] } },
      'spec.approval.required.0.reviewers.0.name: names of kind User may not start with "system:"; name a service account by kind ServiceAccount',
    ],
    [
      'emergencies that nobody could look at',
      { emergency: { maxDuration: '1h', reviewWithin: '1h' } },
      'spec.emergency: needs approval.required',
    ],
    [
      'a Deny that allows',
      { effect: 'Deny', duration: undefined, approval: undefined, allowRisky: true },
      'spec.allowRisky',
    ],
    [
      'a permission without verbs',
      { permissions: [{ apiGroups: [''], resources: ['pods'], verbs: [] }] },
      'spec.permissions.0.verbs: Too small',
    ],
    [
      'a resource that is none',
      { permissions: [{ apiGroups: [''], resources: ['pods/*'], verbs: ['get'] }] },
      'spec.permissions.0.resources.0: a resource such as pods or pods/log, or "*"',
    ],
    ['a deadline in words', { approval: { automatic: true, deadline: 'soon' } }, 'spec.approval.deadline: hours'],
    [
      'approval that is not automatic',
      { approval: { automatic: false } },
      'spec.approval.automatic: Invalid input: expected true',
    ],
    ['a Deny that gives time', { effect: 'Deny' }, 'spec.duration: required for effect Allow, not allowed for Deny'],
    ['a field with a typo', { requestors: [ref] }, 'spec: Unrecognized key: "requestors"'],
    [
      'an escape in its description',
      { description: '\u001b[2J' },
      'spec.description: one line without control or invisible characters',
    ],
  ])('%s', (_, change, message) => {
    expect(problem(change)).toContain(message);
  });
});

it.each([[undefined], [null], ['everything'], [[]], [7]])('has no spec in %j', (spec) => {
  expect(readAccessPolicy(policyObject('p', spec))).toHaveProperty('unreadable');
});

it('does not lose a policy over a status that makes no sense: the operator writes it anew', () => {
  const read = readAccessPolicy({ ...policyObject('p', ALLOW_SPEC), status: { conditions: 'none' } });
  expect(read).toMatchObject({ spec: ALLOW_SPEC, status: {} });
});
