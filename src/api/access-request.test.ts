import { describe, expect, it } from 'vitest';
import { ACCESS_REQUESTS, readAccessRequest } from './access-request.ts';
import { REQUEST_SPEC, request, requestObject } from './test-objects.ts';

/** What is wrong with a request whose spec is the usual one, with `change` on top. */
function problem(change: object): string {
  const read = readAccessRequest(requestObject('r', { ...REQUEST_SPEC, ...change }));
  return 'unreadable' in read ? read.unreadable : '';
}

it('reads a request that is new', () => {
  expect(request('r')).toMatchObject({
    metadata: { namespace: 'payments', uid: 'uid-r' },
    spec: REQUEST_SPEC,
    status: {},
  });
});

it('needs but a role and the requester', () => {
  const { roleRef, requester } = REQUEST_SPEC;
  expect(readAccessRequest(requestObject('r', { roleRef, requester }))).toMatchObject({ spec: { roleRef, requester } });
});

describe('a malformed request is unreadable, and says by which field and what is allowed:', () => {
  const name = 'daypass-pod-logs';
  it.each<[string, object, string]>([
    ['nothing asked for', { roleRef: undefined }, 'spec: needs exactly one of roleRef and permissions'],
    [
      'a role of a namespace',
      { roleRef: { kind: 'Role', name } },
      'spec.roleRef.kind: Invalid input: expected "ClusterRole"',
    ],
    [
      'a role without a name',
      { roleRef: { kind: 'ClusterRole' } },
      'spec.roleRef.name: Invalid input: expected string',
    ],
    [
      'a role with an empty name',
      { roleRef: { kind: 'ClusterRole', name: '' } },
      'spec.roleRef.name: Too small: expected string to have >=1 characters',
    ],
    [
      'a path for a role',
      { roleRef: { kind: 'ClusterRole', name: 'a/b' } },
      'spec.roleRef.name: the name of a ClusterRole, without "/" or "%"',
    ],
    [
      'a role of another group',
      { roleRef: { kind: 'ClusterRole', name, apiGroup: 'x' } },
      'spec.roleRef: Unrecognized key: "apiGroup"',
    ],
    ['no length', { duration: '' }, 'spec.duration: more than 0s'],
    ['days', { duration: '2 days' }, 'spec.duration: hours, minutes and seconds, such as 90s, 45m or 1h30m'],
    ['a length of nothing', { duration: '0s' }, 'spec.duration: more than 0s'],
    ['a number for a length', { duration: 3600 }, 'spec.duration: Invalid input: expected string'],
    ['a start in words', { startTime: 'tomorrow' }, 'spec.startTime: an RFC 3339 time, such as 2026-12-01T09:00:00Z'],
    ['a start that never comes', { startTime: '2026-02-30T09:00:00Z' }, 'spec.startTime: an RFC 3339 time that exists'],
    [
      'a reason of two lines',
      { reason: 'INC-1\nroot' },
      'spec.reason: one line without control or invisible characters',
    ],
    [
      'a reason without end',
      { reason: 'x'.repeat(513) },
      'spec.reason: Too big: expected string to have <=512 characters',
    ],
    ['an empty ticket', { ticket: '' }, 'spec.ticket: Too small: expected string to have >=1 characters'],
    ['nobody', { requester: undefined }, 'spec.requester: Invalid input: expected object'],
    [
      'a requester without a name',
      { requester: { groups: [] } },
      'spec.requester.username: Invalid input: expected string',
    ],
    ['a requester by name alone', { requester: 'root' }, 'spec.requester: Invalid input: expected object'],
    ['no permissions', { roleRef: undefined, permissions: [] }, 'spec.permissions: Too small'],
    [
      'a role and permissions',
      { permissions: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] },
      'spec: needs exactly one of roleRef and permissions',
    ],
    ...['resources', 'verbs', 'apiGroups'].map((field): [string, object, string] => [
      `all ${field} at once`,
      { roleRef: undefined, permissions: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'], [field]: ['*'] }] },
      `without "*"`,
    ]),
    ['an emergency without a reason', { emergency: true, reason: undefined }, 'spec.reason: required for an emergency'],
    ['no emergency', { emergency: false }, 'spec.emergency: Invalid input: expected true'],
    [
      'an emergency for later',
      { emergency: true, startTime: '2026-12-01T09:00:00Z' },
      'spec.startTime: not allowed with emergency or extends',
    ],
    [
      'to extend something by name alone',
      { extends: { name: 'one' } },
      'spec.extends.uid: Invalid input: expected string',
    ],
    [
      'access for another person',
      { subject: { kind: 'User', name: 'bob' } },
      'spec.subject.kind: Invalid input: expected "ServiceAccount"',
    ],
  ])('%s', (_, change, message) => {
    expect(problem(change)).toContain(message);
  });
});

it("is nobody's without a namespace", () => {
  const { metadata, ...object } = requestObject('r', REQUEST_SPEC);
  const { namespace: _, ...rest } = metadata;
  expect(readAccessRequest({ ...object, metadata: rest })).toMatchObject({ unreadable: 'metadata.namespace: missing' });
});

describe('status', () => {
  it.each<[string, object]>([
    ['phase', { phase: 'Granted' }],
    ['expiresAt', { phase: 'Active', expiresAt: 'later' }],
    ['duration', { phase: 'Active', duration: 'forever' }],
    ['grant', { phase: 'Active', grant: {} }],
    ['history', { history: [{ sequence: 0 }] }],
  ])('that makes no sense in %s makes the request unreadable, so that its access is taken back', (field, status) => {
    const read = readAccessRequest(requestObject('r', REQUEST_SPEC, status));
    expect('unreadable' in read && read.unreadable).toContain(`status.${field}`);
  });

  it('of a newer Daypass can be read', () => {
    expect(request('r', {}, { phase: 'Active', colour: 'red' }).status).toEqual({ phase: 'Active' });
  });
});

it('lives in a namespace', () => {
  expect(ACCESS_REQUESTS.resource).toMatchObject({ group: 'daypass.dev', version: 'v1alpha1', namespaced: true });
});
