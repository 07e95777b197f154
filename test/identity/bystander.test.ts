import { beforeAll, describe, expect, it } from 'vitest';
import { refusedBy, refusedByRbac } from './answers.ts';
import { ATTACKS } from './attacks/all.ts';
import type { Caller } from './caller.ts';
import { type Grant, grantTo } from './grant.ts';
import { insider } from './insiders.ts';
import { newStage, person } from './stage.ts';

/** What the built-in `edit` holds of what attacks need. */
const EDIT = [
  'create pods',
  'create jobs',
  'patch jobs',
  'delete jobs',
  'deletecollection jobs',
  'create events',
  'patch events',
];

describe.each([
  { who: 'a bystander with the built-in edit', enlist: person, held: EDIT },
  {
    who: 'a bystander whom RBAC lets do everything',
    enlist: insider,
    held: ATTACKS.map(({ right }) => right.join(' ')),
  },
])('$who', ({ enlist, held }) => {
  let bystander: Caller;
  let grant: Grant;

  beforeAll(async () => {
    const stage = await newStage();
    grant = await grantTo(await person(stage, 'daypass-requester'), stage);
    bystander = await enlist(stage, 'edit');
  });

  it.each(ATTACKS)('is refused who $title', async ({ run, right: [verb, resource], refusal }) => {
    const answer = await run(bystander, grant);
    expect(answer).toEqual(held.includes(`${verb} ${resource}`) ? refusal : refusedByRbac(verb, resource));
  });
});

describe('deleting the request of another', () => {
  it('is refused to whoever may delete their own', async () => {
    const stage = await newStage();
    const grant = await grantTo(await person(stage, 'daypass-requester'), stage);
    const other = await person(stage, 'daypass-requester');
    expect(await other.delete(grant.request, {})).toEqual(refusedBy('daypass-hold-deletion', 'only its requester'));
  });
});

describe.each(['Background', 'Foreground'])('deleting the fuse with propagationPolicy %s', (propagationPolicy) => {
  it('is refused to a bystander with the built-in edit, who may not delete bindings', async () => {
    const stage = await newStage();
    const grant = await grantTo(await person(stage, 'daypass-requester'), stage);
    const bystander = await person(stage, 'edit');
    expect(await bystander.delete(grant.job, { propagationPolicy })).toEqual(
      refusedBy(
        'daypass-managed-job-deletion',
        'deleting a fuse ends a grant, and needs the verb delete on rolebindings',
      ),
    );
  });

  it('is open to whoever may delete bindings there', async () => {
    const stage = await newStage();
    const grant = await grantTo(await person(stage, 'daypass-requester'), stage);
    const bystander = await insider(stage);
    expect(await bystander.delete(grant.job, { propagationPolicy })).toMatchObject({ code: 200 });
  });
});
