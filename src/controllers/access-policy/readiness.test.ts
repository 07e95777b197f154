import { expect, it } from 'vitest';
import { allow, deny } from '../../api/test-objects.ts';
import { type PolicySnapshot, readinessOf } from './readiness.ts';

/** A cluster in which everything that a policy may need is there, but for what `change` says. */
function readiness(policy: PolicySnapshot['policy'], change: Partial<PolicySnapshot> = {}) {
  const grantable = new Set(['daypass-pod-logs']);
  return readinessOf({ policy, roleExists: () => true, grantable, fuseTrouble: undefined, ...change });
}

it('promises no more than was looked at: nobody asks whether the namespaces of a policy exist', () => {
  const policy = allow('one', { namespaces: { names: ['no-such-namespace'] } });
  expect(readiness(policy)).toEqual({
    status: 'True',
    reason: 'Ready',
    message: 'its roles exist and can be granted; whether its namespaces exist is not checked',
  });
});

it('names the role that keeps an Allow from being ready', () => {
  expect(readiness(allow('one'), { roleExists: () => false })).toMatchObject({
    status: 'False',
    reason: 'RoleNotFound',
    message: 'no such ClusterRole: daypass-pod-logs',
  });
  expect(readiness(allow('one'), { grantable: new Set() })).toMatchObject({
    status: 'False',
    reason: 'NotGrantable',
    message: 'no ClusterRole labelled daypass.dev/grantable gives "bind" on daypass-pod-logs',
  });
});

it('says which part an Allow lacks', () => {
  expect(readiness(allow('one', { namespaces: undefined }))).toMatchObject({
    reason: 'MatchesNothing',
    message: 'an Allow policy without spec.namespaces matches nothing',
  });
});

it('waits until fuses can be trusted, with a Deny excepted, which needs nothing', () => {
  const change = { fuseTrouble: 'no canary yet' };
  expect(readiness(allow('one'), change)).toEqual({
    status: 'False',
    reason: 'FuseUnavailable',
    message: 'no canary yet',
  });
  expect(readiness(deny('one'), change)).toMatchObject({ status: 'True', message: 'denies what it matches' });
});
