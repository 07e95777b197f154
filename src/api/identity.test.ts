import { describe, expect, it } from 'vitest';
import { Identity, subjectOf } from './identity.ts';

describe('subjectOf', () => {
  it.each(['ada', 'ada@example.org', 'https://idp.example.org#ada', 'System:ada', 'serviceaccount:ci:deployer'])(
    'takes %j for a person',
    (name) => {
      expect(subjectOf(name)).toEqual({ kind: 'User', name });
    },
  );

  it('takes a service account for itself, not for a user of that name', () => {
    expect(subjectOf('system:serviceaccount:ci:deployer')).toEqual({
      kind: 'ServiceAccount',
      namespace: 'ci',
      name: 'deployer',
    });
  });

  it.each([
    'system:anonymous',
    'system:admin',
    'system:node:worker-1',
    'system:kube-scheduler',
    'system:',
    'system:serviceaccount:ci',
    'system:serviceaccount::deployer',
    'system:serviceaccount:ci:',
    'system:serviceaccount:ci:deployer:x',
    'system:serviceaccounts',
  ])('has nobody for %j', (name) => {
    expect(subjectOf(name)).toBeUndefined();
  });
});

describe('Identity', () => {
  it('is what the API server stamps', () => {
    const identity = { username: 'ada', uid: '7', groups: ['developers'], extra: { 'example.org/mfa': ['yes'] } };
    expect(Identity.parse(identity)).toEqual(identity);
  });

  it.each([
    {},
    { username: '' },
    { username: 7 },
    { username: 'ada', groups: 'developers' },
    { username: 'ada', extra: { mfa: 'yes' } },
  ])('refuses %j', (identity) => {
    expect(Identity.safeParse(identity).success).toBe(false);
  });

  it('holds nothing that was not stamped', () => {
    expect(Identity.safeParse({ username: 'ada', admin: true }).success).toBe(false);
  });
});
