import { beforeAll, describe, expect, it } from 'vitest';
import { uniqueName } from '../support/shared.ts';
import { ok } from './answers.ts';
import { ask, decide, fuse, managed, pods, roleBinding } from './grant.ts';
import { operatorWith } from './insiders.ts';
import { type Rule, type Stage, newStage, pathsIn, roleRef } from './stage.ts';

const HOUR = 3600;
const READ_PODS: Rule = { apiGroups: [''], resources: ['pods', 'pods/log'], verbs: ['get'] };
const READ_JOBS: Rule = { apiGroups: ['batch'], resources: ['jobs'], verbs: ['get', 'list', 'watch'] };

let stage: Stage;

beforeAll(async () => {
  stage = await newStage();
});

/** What the attacks with its token (test/attacks/operator.ts) differ from in one way each. */
describe('the operator', () => {
  it.each([60, HOUR, 12 * HOUR])('grants for %i s', async (seconds) => {
    const binding = roleBinding(stage, { uid: crypto.randomUUID(), user: 'dana', seconds });
    expect(await stage.operator.create(pathsIn(stage.namespace).bindings, binding)).toMatchObject({ code: 201 });
  });

  it('grants to a service account elsewhere', async () => {
    const subjects = [{ kind: 'ServiceAccount', name: 'deployer', namespace: 'ci' }];
    const binding = { ...roleBinding(stage, { uid: crypto.randomUUID(), user: '' }), subjects };
    expect(await stage.operator.create(pathsIn(stage.namespace).bindings, binding)).toMatchObject({ code: 201 });
  });

  it('lights a canary named daypass-canary-* in its own namespace, and puts it out', async () => {
    const { jobs } = pathsIn('daypass-system');
    const name = uniqueName('daypass-canary');
    const { labels } = managed('', 1);
    const canary = { spec: pods(name, 1), metadata: { name, labels } };
    expect(await stage.operator.create(jobs, canary)).toMatchObject({ code: 201 });
    const gone = await stage.operator.delete(`${jobs}/${name}`, { propagationPolicy: 'Background' });
    expect(gone).toMatchObject({ code: 200 });
  });

  it('makes a Role that reads pods, Jobs and logs, and binds it under its own name', async () => {
    const able = await operatorWith(stage, [READ_PODS, READ_JOBS]);
    const { bindings, jobs, roles } = pathsIn(stage.namespace);
    const request = ok(await ask(stage.admin, stage)).metadata;
    // what names an owner that does not exist is collected at any moment
    const job = ok(await stage.operator.create(jobs, fuse(request))).metadata;
    const binding = roleBinding(stage, { uid: request.uid, fuseUid: job.uid, user: 'dana' });
    const { name } = binding.metadata;
    const role = { metadata: binding.metadata, rules: [READ_PODS, READ_JOBS] };
    expect(await able.create(roles, role)).toMatchObject({ code: 201 });
    const bound = { ...binding, roleRef: { ...roleRef(name).roleRef, kind: 'Role' } };
    expect(await able.create(bindings, bound)).toMatchObject({ code: 201 });
  });

  it('makes a request the owner of its review', async () => {
    const { name, uid } = ok(await ask(stage.admin, stage)).metadata;
    const review = ok(await decide(stage.admin, stage, [{ name, uid }, 'Deny'])).metadata;
    const owner = { apiVersion: 'daypass.dev/v1alpha1', kind: 'AccessRequest', name, uid };
    const change = { metadata: { ownerReferences: [owner] } };
    const answer = await stage.operator.patch(`${pathsIn(stage.namespace).reviews}/${review.name}`, change);
    expect(answer).toMatchObject({ code: 200 });
  });

  it('writes its checkpoint', async () => {
    const checkpoint = '/api/v1/namespaces/daypass-system/configmaps/daypass-checkpoint';
    expect(await stage.operator.patch(checkpoint, { data: { [stage.namespace]: '1' } })).toMatchObject({ code: 200 });
  });
});
