import { beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from './caller.ts';
import { fuse, roleBinding } from './grant.ts';
import { CLUSTER_ROLES, CLUSTER_ROLE_BINDINGS, type Stage, createRole, newStage, pathsIn, person } from './stage.ts';

let stage: Stage;
let owner: Caller;

beforeAll(async () => {
  stage = await newStage({ 'daypass.dev/protected': 'true' });
  owner = await person(stage, 'admin'); // the built-in: whoever owns a namespace
});

describe('people who have nothing to do with Daypass', () => {
  it('run, change and orphan-delete Jobs', async () => {
    const { jobs } = pathsIn(stage.namespace);
    const { spec } = fuse({ uid: 'none', name: '' }).spec.template;
    const job = { metadata: { name: 'daypass-nightly' }, spec: { template: { spec }, completions: 1, suspend: true } };
    expect(await owner.create(jobs, job)).toMatchObject({ code: 201 });
    expect(await owner.patch(`${jobs}/daypass-nightly`, { spec: { parallelism: 2 } })).toMatchObject({ code: 200 });
    expect(await owner.delete(`${jobs}/daypass-nightly`)).toMatchObject({ code: 200 });
  });

  it('bind groups without an end, change and delete such bindings', async () => {
    const { bindings } = pathsIn(stage.namespace);
    const group = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'payments' };
    const { roleRef } = roleBinding({ role: 'view' }, { uid: '', user: '' });
    const binding = { metadata: { name: 'payments' }, roleRef, subjects: [group] };
    expect(await owner.create(bindings, binding)).toMatchObject({ code: 201 });
    const changed = { subjects: [group, { ...group, name: 'security' }] };
    expect(await owner.patch(`${bindings}/payments`, changed)).toMatchObject({ code: 200 });
    expect(await owner.delete(`${bindings}/payments`)).toMatchObject({ code: 200 });
  });

  it('write and delete Roles over RBAC, with wildcards, over Jobs', async () => {
    const { roles } = pathsIn(stage.namespace);
    const rules = [
      { apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles'], verbs: ['get'] },
      { apiGroups: ['batch'], resources: ['jobs'], verbs: ['create', '*'] },
    ];
    expect(await stage.admin.create(roles, { metadata: { name: 'wide' }, rules })).toMatchObject({ code: 201 });
    expect(await stage.admin.patch(`${roles}/wide`, { rules: [] })).toMatchObject({ code: 200 });
    expect(await owner.delete(`${roles}/wide`)).toMatchObject({ code: 200 });
  });

  it('make ClusterRoles and bind them in the whole cluster', async () => {
    const name = `${stage.namespace}-mine`;
    await createRole(stage.admin, name, []);
    const { roleRef } = roleBinding({ role: name }, { uid: '', user: '' });
    expect(await stage.admin.create(CLUSTER_ROLE_BINDINGS, { metadata: { name }, roleRef })).toMatchObject({
      code: 201,
    });
    expect(await stage.admin.delete(`${CLUSTER_ROLE_BINDINGS}/${name}`)).toMatchObject({ code: 200 });
    expect(await stage.admin.delete(`${CLUSTER_ROLES}/${name}`)).toMatchObject({ code: 200 });
  });

  it('give requests labels and annotations of their own', async () => {
    const { requests } = pathsIn(stage.namespace);
    const mine = { 'example.com/team': 'payments' };
    const request = {
      metadata: { name: 'mine', labels: mine, annotations: mine },
      spec: { roleRef: { kind: 'ClusterRole', name: 'daypass-view' } },
      apiVersion: 'daypass.dev/v1alpha1',
      kind: 'AccessRequest',
    };
    expect(await stage.admin.create(requests, request)).toMatchObject({ code: 201 });
    const change = { metadata: { labels: { 'example.com/team': 'checkout' }, annotations: null } };
    expect(await stage.admin.patch(`${requests}/mine`, change)).toMatchObject({ code: 200 });
  });
});
