import { beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from './caller.ts';
import { grantTo } from './grant.ts';
import { type Stage, newStage, person, serviceAccount } from './stage.ts';

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
});
