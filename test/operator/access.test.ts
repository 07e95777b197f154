import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCESS_POLICIES } from '../../src/api/access-policy.ts';
import { ACCESS_REVIEWS } from '../../src/api/access-review.ts';
import { CLUSTER_ROLE_BINDINGS, CLUSTER_ROLES, ROLES } from '../../src/api/kubernetes.ts';
import { GRANTABLE_LABEL } from '../../src/api/names.ts';
import type { HttpClient } from '../../src/runtime/http-client.ts';
import type { Resource } from '../../src/runtime/object.ts';
import { errorsIn, type OperatorProcess } from '../support/operator.ts';
import { Grants } from './grant.ts';
import { Observer } from './observer.ts';
import { GROUP, newStage, putPolicy, type Stage } from './stage.ts';

const NAMESPACE = 'payments';
const PODS = { group: '', version: 'v1', kind: 'Pod', plural: 'pods', namespaced: true } as const satisfies Resource;
const LIST_PODS = { apiGroups: [''], resources: ['pods', 'pods/log'], verbs: ['get', 'list'] };

let stage: Stage;
let operator: OperatorProcess;
let grants: Grants;
let dana: HttpClient;
let lena: HttpClient;

beforeAll(async () => {
  stage = await newStage();
  const { admin, as } = stage;
  await stage.namespace(NAMESPACE);
  await admin.create(CLUSTER_ROLES, {
    metadata: { name: 'payments-permissions', labels: { [GRANTABLE_LABEL]: 'true' } },
    rules: [LIST_PODS],
  });
  await putPolicy(admin, 'by-permission', { roles: undefined, permissions: [LIST_PODS], priority: 1 });
  await putPolicy(admin, 'emergencies', {
    requesters: [{ kind: 'Group', name: 'on-call' }],
    approval: { required: [{ reviewers: [{ kind: 'Group', name: 'leads' }], count: 1 }] },
    emergency: { maxDuration: '10m', reviewWithin: '1h' },
    priority: 2,
  });
  const apiGroup = CLUSTER_ROLE_BINDINGS.group;
  for (const [group, role] of [
    ['on-call', 'daypass-requester'],
    ['leads', 'daypass-reviewer'],
  ]) {
    await admin.create(CLUSTER_ROLE_BINDINGS, {
      metadata: { name: `${group}-${role}` },
      roleRef: { apiGroup, kind: 'ClusterRole', name: role },
      subjects: [{ apiGroup, kind: 'Group', name: group }],
    });
  }
  [dana, lena] = [await as('dana', GROUP), await as('lena', 'leads')];
  operator = await stage.operator();
  grants = await Grants.watch(stage);
  // What the aggregation controller makes of the label, the operator sees by a watch.
  using policies = await Observer.start(admin, ACCESS_POLICIES.resource);
  await policies.find('the permissions can be granted', ({ object }) => {
    return object.metadata.name === 'by-permission' && JSON.stringify(object['status'] ?? '').includes('"True"');
  });
});

afterAll(async () => {
  grants[Symbol.dispose]();
  await operator[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
});

describe('a request by permission', () => {
  it('gives what it asks for, in its namespace alone, and takes it back', async () => {
    await expect(dana.list(PODS, { namespace: NAMESPACE })).rejects.toMatchObject({ reason: 'Forbidden' });
    const permissions = [{ ...LIST_PODS, resources: ['pods'], verbs: ['list'] }];
    const grant = await grants.make(dana, NAMESPACE, { roleRef: undefined, permissions });
    const role = await stage.admin.get(ROLES, { namespace: NAMESPACE, name: grant.managed });
    expect(role['rules']).toEqual(permissions);
    await expect(dana.list(PODS, { namespace: 'default' })).rejects.toMatchObject({ reason: 'Forbidden' });
    await allowed(() => dana.list(PODS, { namespace: NAMESPACE }));
    await grants.remove(stage.admin, ROLES, grant);
    await grants.gone(grant, 1000);
    await grants.told(grant, 'Revoked RoleChanged');
  });
});

describe('an emergency', () => {
  it('is granted at once, and one at a time until somebody has looked at it', async () => {
    const oscar = await stage.as('oscar', 'on-call');
    const emergency = { emergency: true, reason: 'INC-4711', duration: '5m' };
    const grant = await grants.make(oscar, NAMESPACE, emergency);
    expect(await grants.event(grant, 3)).toMatchObject({ reason: 'EmergencyGranted', type: 'Warning' });
    expect(await grants.ended(oscar, NAMESPACE, emergency)).toBe('Denied EmergencyNotReviewed');
    await lena.create(ACCESS_REVIEWS.resource, {
      metadata: { generateName: 'after-', namespace: NAMESPACE },
      spec: { request: { name: grant.name, uid: grant.uid }, decision: 'Deny', comment: 'not for this' },
    });
    await grants.gone(grant, 1000);
    await grants.told(grant, 'AfterReviewed Deny');
    expect(grants.isAlive(await grants.make(oscar, NAMESPACE, emergency))).toBe(true);
  });
});

describe('a request that extends another', () => {
  it('takes over, and there is always a binding', async () => {
    const before = await grants.make(dana, NAMESPACE, { duration: '10m' });
    const { name, uid } = before;
    const after = await grants.make(dana, NAMESPACE, { duration: '20m', extends: { name, uid } });
    await grants.told(before, 'Expired Extended');
    expect(await grants.gone(before)).toBeGreaterThanOrEqual(await grants.came(after));
    expect(grants.isAlive(after)).toBe(true);
  });
});

it('the operator had nothing to complain about', async () => {
  const { log, stderr } = await operator.stop();
  expect(errorsIn(log)).toEqual([]);
  expect(stderr).toBe('');
});

/** Resolves once this is allowed: RBAC learns of bindings by a watch. */
async function allowed(act: () => Promise<unknown>): Promise<void> {
  const late = AbortSignal.timeout(10_000);
  for (;;) {
    try {
      await act();
      return;
    } catch (error) {
      if (late.aborted) throw error;
    }
  }
}
