import { beforeAll, describe, expect, it } from 'vitest';
import { uniqueName } from '../support/shared.ts';
import { type Grant, grantTo } from './grant.ts';
import { createRole, newStage, person } from './stage.ts';

let grant: Grant;
let breaker: Awaited<ReturnType<typeof person>>;

beforeAll(async () => {
  const stage = await newStage();
  grant = await grantTo(await person(stage, 'daypass-requester'), stage);
  const role = uniqueName('breakglass');
  await createRole(stage.admin, role, [
    { apiGroups: ['daypass.dev'], resources: ['accessrequests'], verbs: ['patch', 'breakglass'] },
  ]);
  breaker = await person(stage, role);
});

describe('with the operator gone, whoever has the verb breakglass', () => {
  it('may remove its finalizer', async () => {
    const answer = await breaker.patch(grant.request, { metadata: { finalizers: null } });
    expect(answer).toMatchObject({ code: 200 });
  });
});

it('a cluster administrator has it, and may remove the finalizer too', async () => {
  const other = await grantTo(await person(grant.stage, 'daypass-requester'), grant.stage);
  const answer = await grant.stage.admin.patch(other.request, { metadata: { finalizers: null } });
  expect(answer).toMatchObject({ code: 200 });
});
