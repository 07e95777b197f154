import { beforeAll, describe, expect, it } from 'vitest';
import { ok, refusedByRbac } from './answers.ts';
import { ATTACKS } from './attacks/all.ts';
import type { Caller } from './caller.ts';
import { type Grant, accessRequest, accessReview, grantTo } from './grant.ts';
import { insider } from './insiders.ts';
import { newStage, pathsIn, person } from './stage.ts';

const SHIPPED = 'daypass-requester';

describe.each([
  {
    who: 'a requester with the shipped role',
    enlist: person,
    held: ['create accessrequests', 'create accessreviews', 'delete accessreviews'],
  },
  {
    who: 'a requester whom RBAC lets do everything',
    enlist: insider,
    held: ATTACKS.map(({ right }) => right.join(' ')),
  },
])('$who', ({ enlist, held }) => {
  let requester: Caller & { name: string };
  let grant: Grant;

  beforeAll(async () => {
    const stage = await newStage();
    requester = await enlist(stage, SHIPPED);
    grant = await grantTo(requester, stage);
  });

  it.each(ATTACKS)('is refused who $title', async ({ run, right: [verb, resource], refusal }) => {
    const answer = await run(requester, grant);
    expect(answer).toEqual(held.includes(`${verb} ${resource}`) ? refusal : refusedByRbac(verb, resource));
  });

  it('is stamped who creates a request as root', async () => {
    const { stage } = grant;
    const request = accessRequest(stage);
    const forged = { username: 'root', uid: '0', groups: ['system:masters'], extra: { arn: ['arn:aws:iam::1:root'] } };
    const { spec } = ok(
      await requester.create(pathsIn(stage.namespace).requests, {
        ...request,
        spec: { ...request.spec, requester: forged },
      }),
    );
    expect(spec).toEqual({
      ...request.spec,
      requester: {
        username: requester.name,
        groups: ['developers', 'system:authenticated'],
        extra: { 'authentication.kubernetes.io/credential-id': [expect.stringMatching(/^X509SHA256=/)] },
      },
    });
  });

  it('is stamped who creates a review as root', async () => {
    const { stage } = grant;
    const review = accessReview({ name: 'any', uid: crypto.randomUUID() }, 'Approve');
    const forged = { username: 'root', uid: '0', groups: ['system:masters'], extra: { arn: ['arn:aws:iam::1:root'] } };
    const { spec } = ok(
      await requester.create(pathsIn(stage.namespace).reviews, {
        ...review,
        spec: { ...review.spec, reviewer: forged },
      }),
    );
    expect(spec).toEqual({
      ...review.spec,
      reviewer: {
        username: requester.name,
        groups: ['developers', 'system:authenticated'],
        extra: { 'authentication.kubernetes.io/credential-id': [expect.stringMatching(/^X509SHA256=/)] },
      },
    });
  });
});
