import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCESS_REQUESTS, type AccessRequest } from '../../src/api/access-request.ts';
import { ACCESS_REVIEWS } from '../../src/api/access-review.ts';
import { CLUSTER_ROLE_BINDINGS } from '../../src/api/kubernetes.ts';
import { ANNOTATION, requestUidOf } from '../../src/api/names.ts';
import type { HttpClient } from '../../src/runtime/http-client.ts';
import { type Ended, errorsIn, type OperatorProcess } from '../support/operator.ts';
import { Observer } from './observer.ts';
import { ask, GROUP, newStage, observeBindings, putPolicy, requestIn, type Stage } from './stage.ts';
import { printLags } from './whole.ts';

/** Reviews by one person, of their own request. */
const REVIEWS = 2000;
/** At a time: the operator is to be flooded, not the API server. */
const IN_FLIGHT = 8;
/** Promise P2, in milliseconds. */
const LATE = 1000;
/** What there is to do for access takes longer while the API server has all that it can do, but waits for no flood. In milliseconds. */
const PATIENCE = 6000;
/** Who have access for two seconds, over and over: somebody's ends at any moment of the flood. */
const OTHERS = ['dana', 'erin', 'finn'];

let stage: Stage;
let operator: OperatorProcess;
let requests: Observer;
let bindings: Observer;
let mallory: HttpClient;
let flooded: AccessRequest;
let ended: Ended;
/** Of each of the others' requests, from asking to access, in milliseconds. */
const waits: number[] = [];
const progress = { reviews: 0 };

beforeAll(async () => {
  stage = await newStage();
  const { admin, as } = stage;
  for (const name of ['payments', 'ledger']) await stage.namespace(name);
  const required = [{ reviewers: [{ kind: 'Group', name: 'leads' }], count: 1 }];
  await putPolicy(admin, 'asks-leads', { namespaces: { names: ['ledger'] }, priority: 1, approval: { required } });
  const apiGroup = CLUSTER_ROLE_BINDINGS.group;
  await admin.create(CLUSTER_ROLE_BINDINGS, {
    metadata: { name: 'developers-may-review' },
    roleRef: { apiGroup, kind: 'ClusterRole', name: 'daypass-reviewer' },
    subjects: [{ apiGroup, kind: 'Group', name: GROUP }],
  });
  mallory = await as('mallory', GROUP);
  operator = await stage.operator();
  requests = await Observer.start(admin, ACCESS_REQUESTS.resource);
  bindings = await observeBindings(admin);
  flooded = requestIn(await ask(mallory, 'ledger', { duration: '5m' }));
  await reached(flooded.metadata.uid, 'Pending');
  const flood = Promise.all(Array.from({ length: IN_FLIGHT }, () => keepReviewing()));
  await Promise.all(OTHERS.map(async (name) => keepLiving(await as(name, GROUP))));
  await flood;
  ended = await operator.stop();
});

afterAll(async () => {
  for (const observer of [requests, bindings]) observer[Symbol.dispose]();
  await operator[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
});

async function keepReviewing(): Promise<void> {
  const { name, uid } = flooded.metadata;
  while (progress.reviews < REVIEWS) {
    await mallory.create(ACCESS_REVIEWS.resource, {
      metadata: { generateName: 'flood-', namespace: 'ledger' },
      spec: { request: { name, uid }, decision: progress.reviews++ % 2 === 0 ? 'Approve' : 'Deny' },
    });
  }
}

async function keepLiving(who: HttpClient): Promise<void> {
  while (progress.reviews < REVIEWS) await live(who);
  await live(who);
}

/** One of the others asks, has access, and loses it. */
async function live(who: HttpClient): Promise<void> {
  const { metadata } = await ask(who, 'payments', { duration: '2s' });
  const since = Date.now();
  const { at } = await requests.find('access', ({ object }) => isIn(object, metadata.uid ?? '', 'Active'));
  waits.push(at - since);
  await reached(metadata.uid ?? '', 'Expired');
}

async function reached(uid: string, phase: string): Promise<void> {
  await requests.find(phase, ({ object }) => isIn(object, uid, phase));
}

function isIn(object: Parameters<typeof requestIn>[0], uid: string, phase: string): boolean {
  return object.metadata.uid === uid && requestIn(object).status.phase === phase;
}

describe(`${REVIEWS} reviews by one person, of a request of their own`, () => {
  it("make nobody else's end late (P2)", () => {
    const lags = bindings.all('DELETED').map(({ object: { metadata }, at }) => {
      return at - Date.parse(metadata.annotations?.[ANNOTATION.expiresAt] ?? '');
    });
    printLags('binding gone after its end', lags);
    expect(lags.length).toBe(waits.length);
    expect(lags.filter((lag) => !(lag >= 0 && lag <= LATE))).toEqual([]);
  });

  it("make nobody else's decision late", () => {
    printLags('access after it was asked for', waits);
    expect(Math.max(...waits)).toBeLessThan(PATIENCE);
  });

  it('give nobody access, and the operator met no error', () => {
    expect(
      bindings.all('ADDED').filter(({ object: { metadata } }) => requestUidOf(metadata) === flooded.metadata.uid),
    ).toEqual([]);
    expect(errorsIn(ended.log)).toEqual([]);
  });
});
