import { beforeAll, describe, expect, it } from 'vitest';
import { ANNOTATION } from '../../src/api/names.ts';
import { refusal, refusedBy } from './answers.ts';
import type { Caller } from './caller.ts';
import { managed } from './grant.ts';
import { operatorWith } from './insiders.ts';
import { CLUSTER_ROLES, READ_SECRETS, type Rule, type Stage, newStage, pathsIn } from './stage.ts';

const FENCE = 'daypass-fence-roles';
const READ_PODS: Rule = { apiGroups: [''], resources: ['pods', 'pods/log'], verbs: ['get'] };

function role(...rules: readonly Rule[]) {
  const metadata = managed(crypto.randomUUID(), 3600);
  const owner = { apiVersion: 'batch/v1', kind: 'Job', name: metadata.name, uid: crypto.randomUUID() };
  return { metadata: { ...metadata, ownerReferences: [owner] }, rules };
}

/** One that is granted as it should be, but for its metadata. */
function roleWith(change: object) {
  const { metadata, ...rest } = role(READ_PODS);
  return { ...rest, metadata: { ...metadata, ...change } };
}

describe("with the operator's token, a Role", () => {
  it.each<Rule>([
    { apiGroups: ['rbac.authorization.k8s.io'], resources: ['rolebindings'], verbs: ['update'] },
    READ_SECRETS,
    { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
  ])('over what nobody marked for it is refused by RBAC: %j', async (rule) => {
    const { operator, namespace } = await newStage();
    expect(await operator.create(pathsIn(namespace).roles, role(rule))).toEqual(
      refusal(403, 'is attempting to grant RBAC permissions not currently held'),
    );
  });
});

describe('if RBAC lets the operator create any Role, one', () => {
  let stage: Stage;
  let careless: Caller;

  beforeAll(async () => {
    stage = await newStage();
    careless = await operatorWith(stage, [
      { apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles'], verbs: ['escalate', 'create', 'delete'] },
    ]);
  });

  it.each(['rbac.authorization.k8s.io', 'daypass.dev', 'coordination.k8s.io', 'admissionregistration.k8s.io'])(
    'that reaches into %s is refused',
    async (group) => {
      const reaching = role(READ_PODS, { apiGroups: ['', group], resources: ['things'], verbs: ['get'] });
      const answer = await careless.create(pathsIn(stage.namespace).roles, reaching);
      expect(answer).toEqual(
        refusedBy(FENCE, 'the rules of a granted Role do not reach into rbac.authorization.k8s.io'),
      );
    },
  );

  it.each([
    { where: 'apiGroups', rule: { ...READ_PODS, apiGroups: ['*'] } },
    { where: 'resources', rule: { ...READ_PODS, resources: ['*'] } },
    { where: 'subresources', rule: { ...READ_PODS, resources: ['*/log'] } },
    { where: 'verbs', rule: { ...READ_PODS, verbs: ['*'] } },
  ])('with a wildcard in $where is refused', async ({ rule }) => {
    const answer = await careless.create(pathsIn(stage.namespace).roles, role(rule));
    expect(answer).toEqual(
      refusedBy(FENCE, 'the rules of a granted Role name apiGroups, resources and verbs one by one'),
    );
  });

  it.each([
    { what: 'of another name', change: { name: 'mine' } },
    { what: 'without an owner', change: { ownerReferences: [] } },
    {
      what: 'that somebody else owns',
      change: { ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'mine', uid: crypto.randomUUID() }] },
    },
  ])('$what is refused', async ({ change }) => {
    const answer = await careless.create(pathsIn(stage.namespace).roles, roleWith(change));
    expect(answer).toEqual(refusedBy(FENCE, 'a granted Role is named daypass-<uid of its request>'));
  });

  it.each(['jobs', 'cronjobs'])('that writes %s is refused', async (resource) => {
    const writing = role({ apiGroups: ['batch'], resources: [resource], verbs: ['get', 'create'] });
    const answer = await careless.create(pathsIn(stage.namespace).roles, writing);
    expect(answer).toEqual(refusedBy(FENCE, 'the rules of a granted Role only read in batch'));
  });

  it('that reads pods, Jobs and logs passes', async () => {
    const narrow = role(READ_PODS, { apiGroups: ['batch'], resources: ['jobs'], verbs: ['get', 'list', 'watch'] });
    expect(await careless.create(pathsIn(stage.namespace).roles, narrow)).toMatchObject({ code: 201 });
  });

  it.each([
    { where: 'kube-system', why: 'the operator grants nothing in namespaces named kube-*' },
    { where: 'daypass-system', why: 'the operator makes nothing in its own namespace' },
  ])('in $where is refused', async ({ where, why }) => {
    const answer = await careless.create(pathsIn(where).roles, role(READ_PODS));
    expect(answer).toEqual(refusedBy('daypass-fence-objects', why));
  });

  it('that is not its own cannot be deleted', async () => {
    const { roles } = pathsIn(stage.namespace);
    const annotations = { [ANNOTATION.expiresAt]: '2026-01-01T00:00:00Z' };
    expect(await stage.admin.create(roles, { metadata: { name: 'foreign', annotations } })).toMatchObject({
      code: 201,
    });
    expect(await careless.delete(`${roles}/foreign`)).toEqual(
      refusedBy('daypass-fence-objects', 'the operator and the sweep make and delete only what is labelled'),
    );
  });

  it('for the whole cluster is still refused, made or deleted', async () => {
    const more = await operatorWith(stage, [
      { apiGroups: ['rbac.authorization.k8s.io'], resources: ['clusterroles'], verbs: ['create', 'delete'] },
    ]);
    const refused = refusedBy('daypass-fence-objects', 'the operator grants by RoleBindings in namespaces');
    expect(await more.create(CLUSTER_ROLES, role())).toEqual(refused);
    const unlabelled = refusedBy('daypass-fence-objects', 'the operator and the sweep make and delete only');
    expect(await more.delete(`${CLUSTER_ROLES}/${stage.role}`)).toEqual(unlabelled);
  });
});
