import { beforeAll, describe, expect, it } from 'vitest';
import { uniqueName } from '../support/shared.ts';
import { ok, refusedBy, refusedByRbac } from './answers.ts';
import type { Caller } from './caller.ts';
import { type Stage, bindInCluster, createRole, newStage, person } from './stage.ts';

const POLICIES = '/apis/daypass.dev/v1alpha1/accesspolicies';
const READY = {
  type: 'Ready',
  status: 'True',
  reason: 'Ready',
  message: '',
  lastTransitionTime: '2026-12-01T09:00:00Z',
};
const STATUS = { status: { conditions: [READY] } };

let stage: Stage;
let author: Caller;
let policy: string;

beforeAll(async () => {
  stage = await newStage();
  author = await authorWith('daypass-policy-author');
  policy = `${POLICIES}/${stage.namespace}`;
  const spec = { roles: ['daypass-view'], duration: { max: '1h' }, approval: { automatic: true } };
  const kind = { apiVersion: 'daypass.dev/v1alpha1', kind: 'AccessPolicy' };
  ok(await author.create(POLICIES, { ...kind, metadata: { name: stage.namespace }, spec }));
});

describe('a policy author', () => {
  it('changes a policy', async () => {
    expect(await author.patch(policy, { spec: { priority: 1 } })).toMatchObject({ code: 200 });
  });

  it('cannot write its status with the shipped role', async () => {
    expect(await author.patch(`${policy}/status`, STATUS)).toEqual(refusedByRbac('patch', 'accesspolicies/status'));
  });

  it('cannot write its status whatever RBAC says', async () => {
    const role = uniqueName('status');
    const rule = { apiGroups: ['daypass.dev'], resources: ['accesspolicies/status'], verbs: ['patch'] };
    await createRole(stage.admin, role, [rule]);
    const careless = await authorWith(role);
    const refused = refusedBy('daypass-hold-accesspolicies', 'only the operator writes the status of a policy');
    expect(await careless.patch(`${policy}/status`, STATUS)).toEqual(refused);
  });

  it('gets it written by the operator', async () => {
    expect(await stage.operator.patch(`${policy}/status`, STATUS)).toMatchObject({ code: 200 });
  });
});

async function authorWith(role: string): Promise<Caller> {
  const caller = await person(stage);
  await bindInCluster(stage.admin, role, { kind: 'User', name: caller.name }, caller);
  return caller;
}
