import { beforeAll, describe, expect, it } from 'vitest';
import { ok } from './answers.ts';
import type { Caller } from './caller.ts';
import { accessPolicy, POLICIES } from './grant.ts';
import { author } from './insiders.ts';
import { type Rule, type Stage, mayBind, newStage } from './stage.ts';

const READY = {
  type: 'Ready',
  status: 'True',
  reason: 'Ready',
  message: '',
  lastTransitionTime: '2026-12-01T09:00:00Z',
};
const STATUS = { status: { conditions: [READY] } };
/** As many as a policy may name. */
const ROLES = Array.from({ length: 8 }, (_, n) => `role-${n}`);
const GRANT: Rule = { apiGroups: ['daypass.dev'], resources: ['accesspolicies'], verbs: ['grant'] };
const READ_LOGS: Rule = { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] };

let stage: Stage;
let paul: Caller;

beforeAll(async () => {
  stage = await newStage();
  paul = await author(stage, mayBind(...ROLES));
});

/** A policy that is there, by the author; its path. */
async function policyWith(spec: object): Promise<string> {
  return `${POLICIES}/${ok(await paul.create(POLICIES, accessPolicy(spec))).metadata.name}`;
}

describe('a policy author', () => {
  it('gives the roles that they may bind, up to eight', async () => {
    const policy = await policyWith({ roles: ROLES });
    expect(await paul.patch(policy, { spec: { priority: 1 } })).toMatchObject({ code: 200 });
  });

  it('gives permissions who has the verb grant', async () => {
    const other = await author(stage, GRANT);
    expect(await other.create(POLICIES, accessPolicy({ permissions: [READ_LOGS] }))).toMatchObject({ code: 201 });
  });

  it('closes, labels and deletes any policy', async () => {
    const policy = await policyWith({ roles: ['role-0'] });
    const other = await author(stage, mayBind('role-1'));
    expect(await other.patch(policy, { metadata: { labels: { team: 'x' } } })).toMatchObject({ code: 200 });
    const deny = { spec: { effect: 'Deny', duration: null, approval: null } };
    expect(await other.patch(policy, deny)).toMatchObject({ code: 200 });
    expect(await other.delete(policy)).toMatchObject({ code: 200 });
  });
});

it('the status of a policy is written by the operator, who may bind none of the roles', async () => {
  const policy = await policyWith({ roles: ROLES });
  expect(await stage.operator.patch(`${policy}/status`, STATUS)).toMatchObject({ code: 200 });
});
