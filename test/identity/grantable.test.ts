import { describe, expect, it } from 'vitest';
import { GRANTABLE_LABEL } from '../../src/api/names.ts';
import { uniqueName } from '../support/shared.ts';
import type { Caller } from './caller.ts';
import { insider } from './insiders.ts';
import { CLUSTER_ROLES, bindInCluster, createRole, mayBind, newStage } from './stage.ts';

const NO_RULES = { rules: [] };

describe('the owner of a granted ClusterRole, who has bind on it in the whole cluster', () => {
  it('may change it, mark it and take the mark off', async () => {
    const { owner, path } = await ownedRole();
    expect(await owner.patch(path, NO_RULES)).toMatchObject({ code: 200 });
    expect(await owner.patch(path, { metadata: { labels: { [GRANTABLE_LABEL]: 'true' } } })).toMatchObject({
      code: 200,
    });
    expect(await owner.patch(path, { metadata: { labels: { [GRANTABLE_LABEL]: null } } })).toMatchObject({ code: 200 });
  });
});

describe('whoever may update ClusterRoles, but not bind them', () => {
  it('may change one that Daypass does not grant', async () => {
    const stage = await newStage();
    const other = await insider(stage);
    expect(await other.patch(`${CLUSTER_ROLES}/${stage.namespace}-unmarked`, NO_RULES)).toMatchObject({ code: 200 });
  });

  it('may annotate one that Daypass grants, and take its mark off', async () => {
    const stage = await newStage();
    const other = await insider(stage);
    const name = uniqueName('marked');
    await createRole(stage.admin, name, [], { [GRANTABLE_LABEL]: 'true' });
    const path = `${CLUSTER_ROLES}/${name}`;
    expect(await other.patch(path, { metadata: { annotations: { note: 'x' } } })).toMatchObject({ code: 200 });
    expect(await other.patch(path, { metadata: { labels: { [GRANTABLE_LABEL]: null } } })).toMatchObject({ code: 200 });
  });
});

describe("Kubernetes' aggregation, which has no bind", () => {
  it('still fills a ClusterRole that Daypass grants', async () => {
    const { admin, absentRole } = await newStage();
    const matchLabels = { 'example.com/part-of': absentRole };
    const gathering = { metadata: { name: absentRole }, aggregationRule: { clusterRoleSelectors: [{ matchLabels }] } };
    expect(await admin.create(CLUSTER_ROLES, gathering)).toMatchObject({ code: 201 });
    const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }];
    await createRole(admin, `${absentRole}-part`, rules, matchLabels);
    await expect.poll(() => admin.get(`${CLUSTER_ROLES}/${absentRole}`)).toMatchObject({ body: { rules } });
  });
});

async function ownedRole(): Promise<{ owner: Caller; path: string }> {
  const stage = await newStage();
  const owner = await insider(stage);
  const name = uniqueName('owner');
  await createRole(stage.admin, name, [mayBind(stage.role)]);
  await bindInCluster(stage.admin, name, { kind: 'User', name: owner.name }, owner);
  return { owner, path: `${CLUSTER_ROLES}/${stage.role}` };
}
