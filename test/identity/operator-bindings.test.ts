import { beforeAll, describe, expect, it } from 'vitest';
import { ANNOTATION } from '../../src/api/names.ts';
import { addSeconds, formatTime } from '../../src/api/time.ts';
import { ok, refusal, refusedBy, refusedByRbac } from './answers.ts';
import { accessRequest, fuse, managed, roleBinding } from './grant.ts';
import { operatorWith } from './insiders.ts';
import { CLUSTER_ROLE_BINDINGS, type Stage, newStage, pathsIn, roleRef } from './stage.ts';

const FENCE = 'daypass-fence-rolebindings';
const OBJECTS = 'daypass-fence-objects';
const HOUR = 3600;
const OWNER = { apiVersion: 'batch/v1', kind: 'Job', name: 'other', uid: crypto.randomUUID() };

let stage: Stage;

beforeAll(async () => {
  stage = await newStage();
});

function binding(seconds = HOUR) {
  return roleBinding(stage, { uid: crypto.randomUUID(), user: 'dana', seconds });
}

const user = (name: string) => ({ kind: 'User', name });
const serviceAccount = (name: string, namespace: string) => ({ kind: 'ServiceAccount', name, namespace });

function endingAt(expiresAt: string) {
  const { metadata, ...rest } = binding();
  return { ...rest, metadata: { ...metadata, annotations: { [ANNOTATION.expiresAt]: expiresAt } } };
}

describe("with the operator's token, a binding", () => {
  it.each([
    { to: 'a group', subjects: [{ kind: 'Group', name: 'developers' }], why: 'the subject of a grant is of kind User' },
    { to: 'a user of the system', subjects: [user('system:admin')], why: 'the subject of a grant is of kind User' },
    {
      to: 'itself as a user',
      subjects: [user('system:serviceaccount:daypass-system:daypass-operator')],
      why: 'the subject of a grant is of kind User or ServiceAccount, never a group, and its name does not begin',
    },
    {
      to: 'itself',
      subjects: [serviceAccount('daypass-operator', 'daypass-system')],
      why: 'no service account in daypass-system',
    },
    {
      to: 'another account of its own',
      subjects: [serviceAccount('other', 'daypass-system')],
      why: 'no service account in daypass-system',
    },
    { to: 'two users', subjects: [user('dana'), user('mallory')], why: 'a grant has exactly one subject' },
    { to: 'nobody', subjects: [], why: 'a grant has exactly one subject' },
  ])('to $to is refused', async ({ subjects, why }) => {
    const answer = await stage.operator.create(pathsIn(stage.namespace).bindings, { ...binding(), subjects });
    expect(answer).toEqual(refusedBy(FENCE, why));
  });

  it.each([
    { when: 'without an end', end: () => '' },
    { when: 'with an end that is no time', end: () => 'soon' },
    { when: 'with a fraction of a second in its end', end: () => addSeconds(new Date(), HOUR).toISOString() },
    { when: 'with an end in the past', end: () => formatTime(addSeconds(new Date(), -1)) },
    { when: 'with an end beyond 12h', end: () => formatTime(addSeconds(new Date(), 12 * HOUR + 120)) },
  ])('$when is refused', async ({ end }) => {
    const answer = await stage.operator.create(pathsIn(stage.namespace).bindings, endingAt(end()));
    expect(answer).toEqual(refusedBy(FENCE, 'the annotation daypass.dev/expires-at must be a time in UTC'));
  });

  it.each([
    { what: 'under a name of its own', change: { name: 'ci-runner' } },
    { what: 'without an owner', change: { ownerReferences: [] } },
    {
      what: 'owned by something that stays',
      change: { ownerReferences: [{ ...OWNER, kind: 'ConfigMap', apiVersion: 'v1' }] },
    },
    { what: 'owned by another Job', change: { ownerReferences: [OWNER] } },
  ])('$what is refused', async ({ change }) => {
    const { metadata, ...rest } = binding();
    const answer = await stage.operator.create(pathsIn(stage.namespace).bindings, {
      ...rest,
      metadata: { ...metadata, ...change },
    });
    expect(answer).toEqual(refusedBy(FENCE, 'a grant is named daypass-<uid of its request>'));
  });

  it('that a finalizer would keep is refused', async () => {
    const { metadata, ...rest } = binding();
    const kept = { ...rest, metadata: { ...metadata, finalizers: ['example.com/forever'] } };
    const answer = await stage.operator.create(pathsIn(stage.namespace).bindings, kept);
    expect(answer).toEqual(refusedBy(OBJECTS, 'what the operator makes goes when it is deleted'));
  });

  it.each([60, HOUR, 12 * HOUR])('for %i s passes', async (seconds) => {
    const path = pathsIn(stage.namespace).bindings;
    expect(await stage.operator.create(path, binding(seconds))).toMatchObject({ code: 201 });
  });

  it('to a service account elsewhere passes', async () => {
    const subjects = [serviceAccount('deployer', 'ci')];
    const answer = await stage.operator.create(pathsIn(stage.namespace).bindings, { ...binding(), subjects });
    expect(answer).toMatchObject({ code: 201 });
  });

  it('of its own role, whose rules it holds, is refused', async () => {
    const own = { ...binding(), ...roleRef('daypass-operator') };
    const answer = await stage.operator.create(pathsIn(stage.namespace).bindings, own);
    expect(answer).toEqual(refusedBy(FENCE, 'the operator grants a ClusterRole only where it has the verb bind'));
  });

  it.each(['cluster-admin', 'daypass-pod-exec'])('of %s is refused by RBAC', async (role) => {
    const wide = { ...binding(), ...roleRef(role) };
    const answer = await stage.operator.create(pathsIn(stage.namespace).bindings, wide);
    expect(answer).toEqual(refusal(403, 'is attempting to grant RBAC permissions not currently held'));
  });

  it('without its label is refused', async () => {
    const { metadata, ...rest } = binding();
    const path = pathsIn(stage.namespace).bindings;
    const answer = await stage.operator.create(path, { ...rest, metadata: { ...metadata, labels: {} } });
    expect(answer).toEqual(refusedBy(OBJECTS, 'the operator and the sweep make and delete only what is labelled'));
  });

  it.each([
    { where: 'kube-system', why: 'the operator grants nothing in namespaces named kube-*' },
    { where: 'kube-public', why: 'the operator grants nothing in namespaces named kube-*' },
    { where: 'daypass-system', why: 'the operator makes nothing in its own namespace but Jobs named daypass-canary-*' },
  ])('in $where is refused', async ({ where, why }) => {
    const answer = await stage.operator.create(pathsIn(where).bindings, binding());
    expect(answer).toEqual(refusedBy(OBJECTS, why));
  });

  it('in a protected namespace is refused', async () => {
    const { namespace } = await newStage({ 'daypass.dev/protected': 'true' });
    const answer = await stage.operator.create(pathsIn(namespace).bindings, binding());
    expect(answer).toEqual(
      refusedBy(OBJECTS, 'the operator grants nothing in namespaces labelled daypass.dev/protected'),
    );
  });

  it('for the whole cluster is refused by RBAC', async () => {
    const answer = await stage.operator.create(CLUSTER_ROLE_BINDINGS, binding());
    expect(answer).toEqual(refusedByRbac('create', 'clusterrolebindings'));
  });

  it('cannot be changed, by RBAC', async () => {
    const path = pathsIn(stage.namespace).bindings;
    const { metadata } = (await stage.operator.create(path, binding())).body;
    const answer = await stage.operator.patch(`${path}/${metadata?.name}`, { metadata: { annotations: null } });
    expect(answer).toEqual(refusedByRbac('patch', 'rolebindings'));
  });

  it('that is not its own cannot be deleted', async () => {
    const path = pathsIn(stage.namespace).bindings;
    const foreign = { ...binding(), metadata: { name: 'foreign' } };
    expect(await stage.admin.create(path, foreign)).toMatchObject({ code: 201 });
    const answer = await stage.operator.delete(`${path}/foreign`);
    expect(answer).toEqual(refusedBy(OBJECTS, 'the operator and the sweep make and delete only what is labelled'));
  });
});

/** A fuse that exists: what names one that does not is collected at any moment. */
async function fuseOfItsOwn() {
  const { requests, jobs } = pathsIn(stage.namespace);
  const request = ok(await stage.admin.create(requests, accessRequest(stage))).metadata;
  const { uid } = request;
  const job = ok(await stage.operator.create(jobs, fuse(request))).metadata;
  const owner = { ...OWNER, name: job.name, uid: job.uid };
  return { uid, owner, metadata: { ...managed(uid, HOUR), ownerReferences: [owner] } };
}

describe('if RBAC gave the operator more by mistake, a binding', () => {
  it('for the whole cluster is still refused', async () => {
    const careless = await operatorWith(stage, [
      { apiGroups: ['rbac.authorization.k8s.io'], resources: ['clusterrolebindings'], verbs: ['create'] },
    ]);
    const answer = await careless.create(CLUSTER_ROLE_BINDINGS, binding());
    expect(answer).toEqual(refusedBy(OBJECTS, 'the operator grants by RoleBindings in namespaces'));
  });

  it('still cannot be changed', async () => {
    const careless = await operatorWith(stage, [
      { apiGroups: ['rbac.authorization.k8s.io'], resources: ['rolebindings'], verbs: ['patch'] },
    ]);
    const { bindings } = pathsIn(stage.namespace);
    const { uid, owner } = await fuseOfItsOwn();
    const { metadata } = ok(
      await stage.operator.create(bindings, roleBinding(stage, { uid, fuseUid: owner.uid, user: 'dana' })),
    );
    const answer = await careless.patch(`${bindings}/${metadata.name}`, {
      subjects: [{ kind: 'User', name: 'mallory' }],
    });
    expect(answer).toEqual(refusedBy(OBJECTS, 'the operator never changes what it made'));
  });

  it('of a Role under another name is still refused, and under its own passes', async () => {
    const pods = { apiGroups: [''], resources: ['pods'], verbs: ['get'] };
    const roles = { apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles'], verbs: ['create'] };
    const careless = await operatorWith(stage, [pods, roles]);
    const [own, other] = [await fuseOfItsOwn(), await fuseOfItsOwn()];
    const paths = pathsIn(stage.namespace);
    for (const { metadata } of [own, other]) ok(await careless.create(paths.roles, { metadata, rules: [pods] }));

    const bindingOf = (name: string) => ({
      ...binding(),
      metadata: own.metadata,
      roleRef: { ...roleRef(name).roleRef, kind: 'Role' },
    });
    const answer = await careless.create(paths.bindings, bindingOf(other.metadata.name));
    expect(answer).toEqual(refusedBy(FENCE, 'the operator grants a ClusterRole only where it has the verb bind'));
    expect(await careless.create(paths.bindings, bindingOf(own.metadata.name))).toMatchObject({ code: 201 });
  });
});
