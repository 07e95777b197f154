import { beforeAll, describe, expect, it } from 'vitest';
import { ANNOTATION, MANAGED_BY_LABEL } from '../../src/api/names.ts';
import { refusedBy } from './answers.ts';
import type { Caller } from './caller.ts';
import { type Grant, grantTo } from './grant.ts';
import { newStage, person } from './stage.ts';

let grant: Grant;

beforeAll(async () => {
  const stage = await newStage();
  grant = await grantTo(await person(stage, 'daypass-requester'), stage);
});

function as(controller: string): Caller {
  return grant.stage.admin.impersonating(`system:serviceaccount:kube-system:${controller}`);
}

describe("Kubernetes' own controllers", () => {
  it.each([
    { who: 'job-controller', what: 'job', change: { spec: { ttlSecondsAfterFinished: 31_536_000 } } },
    { who: 'job-controller', what: 'job', change: { metadata: { annotations: { [ANNOTATION.expiresAt]: null } } } },
    { who: 'generic-garbage-collector', what: 'job', change: { metadata: { labels: { [MANAGED_BY_LABEL]: null } } } },
    { who: 'generic-garbage-collector', what: 'binding', change: { metadata: { annotations: null } } },
  ] as const)('$who cannot change what a $what says: $change', async ({ who, what, change }) => {
    expect(await as(who).patch(grant[what], change)).toEqual(
      refusedBy('daypass-managed-objects', "Kubernetes' own controllers change owners, finalizers and status"),
    );
  });

  it('the collector drops owners', async () => {
    const answer = await as('generic-garbage-collector').patch(grant.binding, { metadata: { ownerReferences: null } });
    expect(answer).toMatchObject({ code: 200 });
  });
});
