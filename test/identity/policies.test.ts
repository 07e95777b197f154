import { beforeAll, describe, expect, it } from 'vitest';
import { uniqueName } from '../support/shared.ts';
import { ok, refusedBy, refusedByRbac } from './answers.ts';
import type { Caller } from './caller.ts';
import { accessPolicy, POLICIES } from './grant.ts';
import { type Rule, type Stage, bindInCluster, createRole, mayBind, newStage, person } from './stage.ts';

const READY = {
  type: 'Ready',
  status: 'True',
  reason: 'Ready',
  message: '',
  lastTransitionTime: '2026-12-01T09:00:00Z',
};
const STATUS = { status: { conditions: [READY] } };
/** As many as a policy may name. Of these the author may bind every one, whether it exists or not. */
const ROLES = Array.from({ length: 8 }, (_, n) => `role-${n}`);
const UNBOUND = 'role-of-others';

let stage: Stage;
let author: Caller;

beforeAll(async () => {
  stage = await newStage();
  author = await authorWith(mayBind(...ROLES));
});

/** Somebody with the shipped role and these rights in the whole cluster. */
async function authorWith(...rules: readonly Rule[]): Promise<Caller> {
  const [caller, role] = [await person(stage), uniqueName('author')];
  await createRole(stage.admin, role, rules);
  for (const each of ['daypass-policy-author', role]) {
    await bindInCluster(stage.admin, each, { kind: 'User', name: caller.name }, caller);
  }
  return caller;
}

/** A policy that is there, by the author; its path. */
async function policyWith(spec: object): Promise<string> {
  return `${POLICIES}/${ok(await author.create(POLICIES, accessPolicy(spec))).metadata.name}`;
}

function lacking(role: string) {
  return refusedBy(
    'daypass-policy-authors',
    `who writes an Allow policy needs the verb bind on every ClusterRole in spec.roles, and you lack it on ${role}`,
  );
}

describe('a policy author', () => {
  it('gives the roles that they may bind, up to eight', async () => {
    const policy = await policyWith({ roles: ROLES });
    expect(await author.patch(policy, { spec: { priority: 1 } })).toMatchObject({ code: 200 });
  });

  it.each(ROLES.map((_, place) => place))(
    'gives no role that they may not bind, in place %i of the list',
    async (place) => {
      const roles = ROLES.with(place, UNBOUND);
      expect(await author.create(POLICIES, accessPolicy({ roles }))).toEqual(lacking(UNBOUND));
      const policy = await policyWith({ roles: ROLES });
      expect(await author.patch(policy, { spec: { roles } })).toEqual(lacking(UNBOUND));
    },
  );

  it('does not widen the policy of another who may bind more', async () => {
    const policy = await policyWith({ roles: ['role-0'] });
    const other = await authorWith(mayBind('role-1'));
    expect(await other.patch(policy, { spec: { duration: { max: '12h' } } })).toEqual(lacking('role-0'));
    expect(await other.patch(policy, { spec: { requesters: [{ kind: 'Group', name: 'x' }] } })).toEqual(
      lacking('role-0'),
    );
  });

  it('does not turn the Deny of another into an Allow', async () => {
    const { metadata } = ok(
      await author.create(POLICIES, accessPolicy({ effect: 'Deny', duration: null, approval: null, roles: [UNBOUND] })),
    );
    const change = { spec: { effect: null, duration: { max: '1h' }, approval: { automatic: true } } };
    expect(await author.patch(`${POLICIES}/${metadata.name}`, change)).toEqual(lacking(UNBOUND));
  });

  it('closes, labels and deletes any policy', async () => {
    const policy = await policyWith({ roles: ['role-0'] });
    const other = await authorWith(mayBind('role-1'));
    expect(await other.patch(policy, { metadata: { labels: { team: 'x' } } })).toMatchObject({ code: 200 });
    const deny = { spec: { effect: 'Deny', duration: null, approval: null } };
    expect(await other.patch(policy, deny)).toMatchObject({ code: 200 });
    expect(await other.delete(policy)).toMatchObject({ code: 200 });
  });
});

describe('the status of a policy', () => {
  it('cannot be written with the shipped role', async () => {
    const policy = await policyWith({});
    expect(await author.patch(`${policy}/status`, STATUS)).toEqual(refusedByRbac('patch', 'accesspolicies/status'));
  });

  it('cannot be written by an author whatever RBAC says', async () => {
    const policy = await policyWith({});
    const careless = await authorWith({
      apiGroups: ['daypass.dev'],
      resources: ['accesspolicies/status'],
      verbs: ['patch'],
    });
    const refused = refusedBy('daypass-hold-accesspolicies', 'only the operator writes the status of a policy');
    expect(await careless.patch(`${policy}/status`, STATUS)).toEqual(refused);
  });

  it('is written by the operator, who may bind none of the roles', async () => {
    const policy = await policyWith({ roles: ROLES });
    expect(await stage.operator.patch(`${policy}/status`, STATUS)).toMatchObject({ code: 200 });
  });
});
