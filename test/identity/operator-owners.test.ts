import { beforeAll, describe, expect, it } from 'vitest';
import { ok, refusedBy } from './answers.ts';
import { accessRequest, accessReview } from './grant.ts';
import { type Stage, newStage, pathsIn } from './stage.ts';

const REFUSED = refusedBy('daypass-hold-objects', 'the operator gives a review its own request as an owner');

let stage: Stage;
let request: { name: string; uid: string; path: string };
let review: string;

beforeAll(async () => {
  stage = await newStage();
  const { requests, reviews } = pathsIn(stage.namespace);
  const asked = ok(await stage.admin.create(requests, accessRequest(stage))).metadata;
  request = { ...asked, path: `${requests}/${asked.name}` };
  review = `${reviews}/${ok(await stage.admin.create(reviews, accessReview(asked, 'Deny'))).metadata.name}`;
});

function owner(change: object) {
  const { name, uid } = request;
  return { apiVersion: 'daypass.dev/v1alpha1', kind: 'AccessRequest', name, uid, ...change };
}

const owned = (...ownerReferences: readonly object[]) => ({ metadata: { ownerReferences } });

describe("with the operator's token", () => {
  it.each([
    { what: 'of another kind', change: { kind: 'AccessReview' } },
    { what: 'of another group', change: { apiVersion: 'v1', kind: 'ConfigMap' } },
    { what: 'of another name', change: { name: 'other' } },
    { what: 'of another uid, such as a binding that it would hold up', change: { uid: crypto.randomUUID() } },
    { what: 'that it controls', change: { controller: true } },
    { what: 'that it holds up', change: { blockOwnerDeletion: true } },
  ])('a review gets no owner $what', async ({ change }) => {
    expect(await stage.operator.patch(review, owned(owner(change)))).toEqual(REFUSED);
  });

  it('a review gets its own request as its owner, and no second one', async () => {
    expect(await stage.operator.patch(review, owned(owner({})))).toMatchObject({ code: 200 });
    const second = { apiVersion: 'v1', kind: 'ConfigMap', name: 'mine', uid: crypto.randomUUID() };
    expect(await stage.operator.patch(review, owned(owner({}), second))).toEqual(REFUSED);
  });

  it('a request gets no owner at all', async () => {
    expect(await stage.operator.patch(request.path, owned(owner({})))).toEqual(REFUSED);
  });
});
