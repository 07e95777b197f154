import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCESS_REQUESTS, type AccessRequest } from '../../src/api/access-request.ts';
import { ACCESS_REVIEWS, type AccessReview, readAccessReview } from '../../src/api/access-review.ts';
import { CLUSTER_ROLE_BINDINGS, NAMESPACES } from '../../src/api/kubernetes.ts';
import { reviewSteps } from '../../src/controllers/access-review/steps.ts';
import { applyPlan } from '../../src/grant/apply.ts';
import { connect, type HttpClient } from '../../src/runtime/http-client.ts';
import { firstOutcome } from '../../src/runtime/step.ts';
import { errorsIn, type OperatorProcess } from '../support/operator.ts';
import { Observer } from './observer.ts';
import { ask, GROUP, newStage, observeBindings, putPolicy, requestIn, type Stage } from './stage.ts';

const NAMESPACE = 'payments';
const PIPELINE = `system:serviceaccount:${NAMESPACE}:deployer`;
/** Milliseconds. */
const AT_ONCE = 1000;

let stage: Stage;
let operator: OperatorProcess;
let requests: Observer;
let reviews: Observer;
let bindings: Observer;
let dana: HttpClient;
let lena: HttpClient;
let sue: HttpClient;

beforeAll(async () => {
  stage = await newStage();
  const { admin, as } = stage;
  await stage.namespace(NAMESPACE);
  const group = (name: string) => ({ kind: 'Group', name });
  const approval = {
    required: [
      { reviewers: [group('leads')], count: 1 },
      { reviewers: [group('security')], count: 1 },
    ],
  };
  const requesters = [group(GROUP), { kind: 'ServiceAccount', namespace: NAMESPACE, name: 'deployer' }];
  await putPolicy(admin, 'two-stages', { requesters, priority: 1, approval });
  for (const name of ['leads', 'security']) await bind(admin, group(name), 'daypass-reviewer');
  await bind(admin, { kind: 'User', name: PIPELINE }, 'daypass-requester');
  [dana, lena, sue] = [await as('dana', GROUP, 'leads'), await as('lena', 'leads'), await as('sue', 'security')];
  operator = await stage.operator();
  requests = await Observer.start(admin, ACCESS_REQUESTS.resource);
  reviews = await Observer.start(admin, ACCESS_REVIEWS.resource);
  bindings = await observeBindings(admin);
});

afterAll(async () => {
  for (const observer of [requests, reviews, bindings]) observer[Symbol.dispose]();
  await operator[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
});

async function bind(admin: HttpClient, subject: { kind: string; name: string }, role: string): Promise<void> {
  const apiGroup = CLUSTER_ROLE_BINDINGS.group;
  await admin.create(CLUSTER_ROLE_BINDINGS, {
    metadata: { name: `${subject.name}-${role}`.replaceAll(':', '-') },
    roleRef: { apiGroup, kind: 'ClusterRole', name: role },
    subjects: [{ apiGroup, ...subject }],
  });
}

async function asked(client: HttpClient): Promise<AccessRequest> {
  const request = requestIn(await ask(client, NAMESPACE, { duration: '5m' }));
  await reached(request, 'Pending');
  return request;
}

async function reached({ metadata: { uid, name } }: AccessRequest, phase: string): Promise<AccessRequest> {
  const isIt = ({ object }: { object: AccessRequestObject }) =>
    object.metadata.uid === uid && requestIn(object).status.phase === phase;
  return requestIn((await requests.find(`${name} ${phase}`, isIt)).object);
}
type AccessRequestObject = Parameters<typeof requestIn>[0];

/** Gives a review, and resolves to what the reviewer is told. */
async function give(who: HttpClient, { metadata }: AccessRequest, decision: string): Promise<AccessReview> {
  const { metadata: given } = await who.create(ACCESS_REVIEWS.resource, {
    metadata: { generateName: 'review-', namespace: NAMESPACE },
    spec: { request: { name: metadata.name, uid: metadata.uid }, decision },
  });
  const told = ({ object }: { object: AccessRequestObject }) =>
    object.metadata.uid === given.uid && reviewIn(object).status.reason !== undefined;
  return reviewIn((await reviews.find(`${given.name ?? ''} weighed`, told)).object);
}

function reviewIn(object: AccessRequestObject): AccessReview {
  const read = readAccessReview(object);
  if ('unreadable' in read) throw new Error(read.unreadable);
  return read;
}

async function granted(): Promise<AccessRequest> {
  const request = await asked(dana);
  await give(lena, request, 'Approve');
  await give(sue, request, 'Approve');
  return reached(request, 'Active');
}

describe('a request that two people must approve', () => {
  it("becomes Active when both have, and not by the requester's own", async () => {
    const request = await asked(dana);
    const own = await give(dana, request, 'Approve');
    expect(own.spec.reviewer.username).toBe('dana');
    expect(own.status).toMatchObject({ accepted: false, reason: 'OwnRequest' });
    const lead = await give(lena, request, 'Approve');
    expect(lead.status).toMatchObject({ accepted: true, reason: 'Counted' });
    expect(bindings.current.size).toBe(0);
    await give(sue, request, 'Approve');
    const active = await reached(request, 'Active');
    expect(new Set(active.status.reviews?.approvedBy)).toEqual(new Set(['lena', 'sue']));
    await give(dana, request, 'Revoke');
    expect((await reached(request, 'Revoked')).status.history?.map(({ type, actor }) => `${type} ${actor}`)).toEqual([
      'Requested dana',
      // Of two reviews in one second either may come first.
      expect.stringMatching(/^Reviewed (lena|sue)$/),
      expect.stringMatching(/^Reviewed (lena|sue)$/),
      'Approved daypass-operator',
      'Granted daypass-operator',
      'Reviewed dana',
      'Revoked daypass-operator',
    ]);
  });

  it('is gone within a second of the Revoke of a reviewer', async () => {
    const { metadata } = await granted();
    const since = Date.now();
    await sue.create(ACCESS_REVIEWS.resource, {
      metadata: { generateName: 'review-', namespace: NAMESPACE },
      spec: { request: { name: metadata.name, uid: metadata.uid }, decision: 'Revoke' },
    });
    const { at } = await bindings.find('the binding gone', ({ type, object }) => {
      return type === 'DELETED' && object.metadata.name === `daypass-${metadata.uid}`;
    });
    expect(at - since).toBeLessThan(AT_ONCE);
  });

  it('is denied for good by one', async () => {
    const request = await asked(dana);
    await give(sue, request, 'Deny');
    expect((await reached(request, 'Denied')).status.reviews).toMatchObject({ deniedBy: 'sue' });
    expect((await give(lena, request, 'Approve')).status).toMatchObject({ accepted: false, reason: 'RequestEnded' });
  });

  it('takes its reviews along when it is deleted', async () => {
    const request = await asked(dana);
    const { metadata } = await give(lena, request, 'Approve');
    const { namespace, name, uid } = request.metadata;
    await dana.delete(ACCESS_REQUESTS.resource, { namespace, name }, { uid });
    const { object } = await reviews.find('the review gone', (seen) => {
      return seen.type === 'DELETED' && seen.object.metadata.uid === metadata.uid;
    });
    expect(object.metadata.ownerReferences).toMatchObject([{ kind: 'AccessRequest', uid }]);
  });
});

it('a service account gets what people approve who could not act as it', async () => {
  const pipeline = await stage.as(PIPELINE, 'system:serviceaccounts', `system:serviceaccounts:${NAMESPACE}`);
  const request = await asked(pipeline);
  expect((await give(lena, request, 'Approve')).status).toMatchObject({ accepted: true });
  await give(sue, request, 'Approve');
  const { status } = await reached(request, 'Active');
  expect(new Set(status.reviews?.approvedBy)).toEqual(new Set(['lena', 'sue']));
});

it('a review that names no request is collected once the operator has given it that owner', async () => {
  const { name, uid } = (await asked(dana)).metadata;
  await stage.namespace('elsewhere');
  const [, ...strays] = await Promise.all([
    toldOf(NAMESPACE, { name, uid }),
    toldOf(NAMESPACE, { name, uid: 'another' }),
    toldOf(NAMESPACE, { name: 'another', uid }),
    toldOf('elsewhere', { name, uid }),
  ]);
  const inAnHour = new Date(Date.now() + 3_700_000);
  const self = await connect({ kubeconfig: stage.operatorKubeconfig });
  for (const review of strays) {
    const outcome = firstOutcome(reviewSteps, { review, request: undefined, told: undefined }, inAnHour);
    if (outcome.next !== 'write') throw new Error(`not to be collected: ${outcome.next}`);
    await applyPlan(self, outcome.plan, new AbortController().signal);
  }
  await self.close();
  for (const { metadata } of strays) {
    await reviews.find(`${metadata.name} gone`, ({ type, object }) => {
      return type === 'DELETED' && object.metadata.uid === metadata.uid;
    });
  }
  const left = [...reviews.current.values()].filter((review) => reviewIn(review).spec.request.uid === uid);
  expect(left.map((review) => review.metadata.ownerReferences?.[0]?.uid)).toEqual([uid]);
});

/** A review of what may not be there, as it is once its author has been told. */
async function toldOf(namespace: string, named: { name: string; uid: string }): Promise<AccessReview> {
  const { metadata } = await lena.create(ACCESS_REVIEWS.resource, {
    metadata: { generateName: 'review-', namespace },
    spec: { request: named, decision: 'Approve' },
  });
  await reviews.find('told', ({ object }) => {
    return object.metadata.uid === metadata.uid && reviewIn(object).status.reason !== undefined;
  });
  return reviewIn(await stage.admin.get(ACCESS_REVIEWS.resource, { namespace, name: metadata.name ?? '' }));
}

it('a namespace goes with its requests and reviews', async () => {
  await stage.namespace('doomed');
  const request = requestIn(await ask(dana, 'doomed', { duration: '5m' }));
  const { name, uid } = request.metadata;
  await lena.create(ACCESS_REVIEWS.resource, {
    metadata: { name: 'one', namespace: 'doomed' },
    spec: { request: { name, uid }, decision: 'Approve' },
  });
  using namespaces = await Observer.start(stage.admin, NAMESPACES);
  const doomed = await stage.admin.get(NAMESPACES, { name: 'doomed' });
  await stage.admin.delete(NAMESPACES, { name: 'doomed' }, { uid: doomed.metadata.uid ?? '' });
  await namespaces.find('the namespace gone', ({ type, object }) => {
    return type === 'DELETED' && object.metadata.name === 'doomed';
  });
  expect([...reviews.current.values()].filter((review) => review.metadata.namespace === 'doomed')).toEqual([]);
});

it('the operator had nothing to complain about', async () => {
  const { log, stderr } = await operator.stop();
  expect(errorsIn(log)).toEqual([]);
  expect(stderr).toBe('');
});
