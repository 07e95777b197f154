import { expect, it } from 'vitest';
import { type ClusterRole, readClusterRole, ruleOf } from '../../rbac/rules.ts';
import { allow, deny } from '../../api/test-objects.ts';
import { type PolicySnapshot, readinessOf } from './readiness.ts';

/** A cluster in which everything that a policy may need is there, but for what `change` says. */
function readiness(policy: PolicySnapshot['policy'], change: Partial<PolicySnapshot> = {}) {
  return readinessOf({ policy, roleOf: logs, grantable: [BIND, LOGS], trouble: undefined, ...change });
}

const LOGS = ruleOf({ apiGroups: [''], resources: ['pods/log'], verbs: ['get'] });
const BIND = ruleOf({
  apiGroups: ['rbac.authorization.k8s.io'],
  resources: ['clusterroles'],
  resourceNames: ['daypass-pod-logs', 'edit'],
  verbs: ['bind'],
});

function logs(name: string): ClusterRole {
  return readClusterRole({ metadata: { name, uid: name, resourceVersion: '1' }, rules: [LOGS] });
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
  expect(readiness(allow('one'), { roleOf: () => undefined })).toMatchObject({
    status: 'False',
    reason: 'RoleNotFound',
    message: 'no such ClusterRole: daypass-pod-logs',
  });
  expect(readiness(allow('one'), { grantable: [LOGS] })).toMatchObject({
    status: 'False',
    reason: 'NotGrantable',
    message: 'no ClusterRole labelled daypass.dev/grantable gives "bind" on daypass-pod-logs',
  });
});

it('is not ready with permissions that no Role of a request may have, grantable or not', () => {
  const permissions = [{ apiGroups: ['batch'], resources: ['jobs'], verbs: ['get', 'delete'] }];
  const policy = allow('one', { roles: undefined, permissions, allowRisky: true });
  expect(readiness(policy, { grantable: permissions.map(ruleOf) })).toEqual({
    status: 'False',
    reason: 'NeverByPermission',
    message: 'delete in batch is not granted by permission, only get, list, watch',
  });
});

it('says which part an Allow lacks', () => {
  expect(readiness(allow('one', { namespaces: undefined }))).toMatchObject({
    reason: 'MatchesNothing',
    message: 'an Allow policy without spec.namespaces matches nothing',
  });
});

it('waits while nothing can be granted, with a Deny excepted, which needs nothing', () => {
  const change = { trouble: { reason: 'FuseUnavailable', message: 'no canary yet', passing: false } } as const;
  expect(readiness(allow('one'), change)).toEqual({
    status: 'False',
    reason: 'FuseUnavailable',
    message: 'no canary yet',
  });
  expect(readiness(deny('one'), change)).toMatchObject({ status: 'True', message: 'denies what it matches' });
});

it('wants somebody to hold what it lets people ask for', () => {
  const permissions = [{ apiGroups: [''], resources: ['pods/log', 'pods'], verbs: ['get'] }];
  const policy = allow('one', { roles: undefined, permissions });
  expect(readiness(policy)).toMatchObject({
    status: 'False',
    reason: 'NotGrantable',
    message: 'no ClusterRole labelled daypass.dev/grantable holds what is permitted on pods',
  });
  expect(readiness(policy, { grantable: permissions.map(ruleOf) })).toMatchObject({ status: 'True' });
});

it('shows what is risky, whether it is allowed or not', () => {
  expect(readiness(allow('one', { roles: ['edit'] }))).toMatchObject({
    status: 'False',
    reason: 'Risky',
    message: 'without allowRisky what is risky is not granted: edit (BuiltInRole)',
  });
  const message: unknown = expect.stringContaining('; risky: edit (BuiltInRole)');
  expect(readiness(allow('one', { roles: ['edit'], allowRisky: true }))).toMatchObject({ status: 'True', message });
});

it('is not told while what it rests on is about to be known, but for what is wrong with the policy itself', () => {
  const change = { trouble: { reason: 'AdmissionNotEnforced', message: 'not proven yet', passing: true } } as const;
  expect(readiness(allow('one'), change)).toBeUndefined();
  expect(readiness(allow('one', { namespaces: undefined }), change)).toMatchObject({ reason: 'MatchesNothing' });
  expect(readiness(deny('one'), change)).toMatchObject({ status: 'True' });
});
