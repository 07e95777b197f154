import { beforeAll, describe, expect, it } from 'vitest';
import { ok, refusedBy, refusedByRbac } from './answers.ts';
import type { Caller } from './caller.ts';
import { fuse, grantTo, roleBinding } from './grant.ts';
import { type Stage, newStage, pathsIn, person, serviceAccount } from './stage.ts';

let stage: Stage;
let sweep: Caller;

beforeAll(async () => {
  stage = await newStage();
  sweep = await serviceAccount(stage.admin, 'daypass-system', 'daypass-sweep');
});

describe('the sweep', () => {
  it('lists and deletes the binding and the fuse of a grant', async () => {
    const { binding, job } = await grantTo(await person(stage, 'daypass-requester'), stage);
    expect(await sweep.get('/apis/rbac.authorization.k8s.io/v1/rolebindings?limit=1')).toMatchObject({ code: 200 });
    expect(await sweep.get('/apis/batch/v1/jobs?limit=1')).toMatchObject({ code: 200 });
    expect(await sweep.delete(binding)).toMatchObject({ code: 200 });
    expect(await sweep.delete(job, { propagationPolicy: 'Background' })).toMatchObject({ code: 200 });
  });

  it('cannot delete what is not labelled as managed', async () => {
    const { bindings, jobs } = pathsIn(stage.namespace);
    const metadata = { name: 'foreign' };
    ok(await stage.admin.create(bindings, { ...roleBinding(stage, { uid: '', user: 'dana' }), metadata }));
    ok(await stage.admin.create(jobs, { ...fuse({ uid: 'none', name: '' }), metadata }));
    const refused = refusedBy(
      'daypass-fence-objects',
      'the operator and the sweep make and delete only what is labelled',
    );
    expect(await sweep.delete(`${bindings}/foreign`)).toEqual(refused);
    expect(await sweep.delete(`${jobs}/foreign`, { propagationPolicy: 'Background' })).toEqual(refused);
  });

  it('can make nothing', async () => {
    const { bindings, jobs, requests } = pathsIn(stage.namespace);
    expect(await sweep.create(bindings, {})).toEqual(refusedByRbac('create', 'rolebindings'));
    expect(await sweep.create(jobs, {})).toEqual(refusedByRbac('create', 'jobs'));
    expect(await sweep.create(requests, {})).toEqual(refusedByRbac('create', 'accessrequests'));
  });
});
