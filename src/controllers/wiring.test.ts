import { beforeEach, describe, expect, it } from 'vitest';
import { ACCESS_REQUESTS } from '../api/access-request.ts';
import { JOBS, ROLE_BINDINGS } from '../api/kubernetes.ts';
import { apiVersionOf, type KubernetesObject, type Resource } from '../runtime/object.ts';
import { testLog } from '../runtime/test-log.ts';
import { createStores, type Stores } from './stores.ts';
import { type Sinks, wire, wireAlways } from './wiring.ts';

const UID = '11111111-1111-4111-8111-111111111111';

const sinks: Sinks = {
  request: (key, lane) => asked.push(`${key} ${lane}`),
  review: (key) => asked.push(`${key} review`),
  weighing: (uid) => asked.push(`${uid} weighing`),
  managed: (key) => asked.push(`${key} managed`),
  policy: (key) => asked.push(`${key} policy`),
  canary: () => undefined,
  history: () => undefined,
};

let stores: Stores;
let asked: string[];
let unwire: () => void;
let version: number;

beforeEach(() => {
  stores = createStores(testLog().log, 'username');
  asked = [];
  version = 0;
  wireAlways(stores, {
    overdue: () => undefined,
    admission: ({ key }) => asked.push(key),
    existence: () => undefined,
  });
  unwire = wire(stores, sinks);
});

function object(resource: Resource, name: string, uid: string, fields: object): KubernetesObject {
  version += 1;
  const metadata = { namespace: 'payments', name, uid, resourceVersion: `${version}` };
  return { apiVersion: apiVersionOf(resource), kind: resource.kind, metadata, ...fields };
}

const SPEC = { roleRef: { kind: 'ClusterRole', name: 'logs' }, requester: { username: 'alice' } };

function request(status: object): KubernetesObject {
  return object(ACCESS_REQUESTS.resource, 'one', UID, { spec: SPEC, status });
}

function binding(): KubernetesObject {
  return object(ROLE_BINDINGS, `daypass-${UID}`, 'binding', {});
}

function fuse(spec: object, conditions: object[]): KubernetesObject {
  return object(JOBS, `daypass-${UID}`, 'fuse', { spec, status: { conditions } });
}

/** In which lane the request is looked at once the rest is as it is. */
function laneAfter(change: () => void): string[] {
  asked = [];
  change();
  return asked;
}

describe('a request goes ahead of new grants', () => {
  it.each([
    ['its binding comes, on no record yet', { phase: 'Approved' }],
    ['it has a binding that may have to end soon', { phase: 'Active' }],
    ['it has ended and has its binding still', { phase: 'Expired', endedAt: '2026-12-01T09:00:00Z' }],
  ])('when %s, in whatever order a start shows them', (_what, status) => {
    stores.requests.apply({ type: 'ADDED', object: request(status) });
    const shown = () => stores.bindings.apply({ type: 'ADDED', object: binding() });
    expect(laneAfter(shown)).toEqual(['payments/one urgent']);
    const again = () => stores.requests.apply({ type: 'MODIFIED', object: request(status) });
    expect(laneAfter(again)).toEqual(['payments/one urgent']);
  });

  it('when its fuse is changed, but not when that is armed', () => {
    stores.requests.apply({ type: 'ADDED', object: request({ phase: 'Active' }) });
    stores.bindings.apply({ type: 'ADDED', object: binding() });
    stores.fuses.apply({ type: 'ADDED', object: fuse({ completions: 0 }, []) });
    const complete = [{ type: 'Complete', status: 'True' }];
    const arm = () => stores.fuses.apply({ type: 'MODIFIED', object: fuse({ completions: 0 }, complete) });
    expect(laneAfter(arm)).toEqual(['payments/one low']);
    const change = () => stores.fuses.apply({ type: 'MODIFIED', object: fuse({ completions: 1 }, complete) });
    expect(laneAfter(change)).toEqual(['payments/one urgent']);
  });
});

it('a request that another says to extend goes ahead only if it has a binding that may have to end', () => {
  stores.requests.apply({ type: 'ADDED', object: request({ phase: 'Pending' }) });
  const spec = { ...SPEC, extends: { name: 'one', uid: UID } };
  const more = () => object(ACCESS_REQUESTS.resource, 'more', 'more', { spec });
  expect(laneAfter(() => stores.requests.apply({ type: 'ADDED', object: more() }))).toEqual([
    'payments/one normal',
    'payments/more normal',
  ]);
  stores.bindings.apply({ type: 'ADDED', object: binding() });
  expect(laneAfter(() => stores.requests.apply({ type: 'MODIFIED', object: more() }))).toEqual([
    'payments/one urgent',
    'payments/more normal',
  ]);
});

it('a request whose binding is gone waits its turn: only its record is left', () => {
  stores.requests.apply({ type: 'ADDED', object: request({ phase: 'Active' }) });
  stores.bindings.apply({ type: 'ADDED', object: binding() });
  const go = () => stores.bindings.apply({ type: 'DELETED', object: binding() });
  expect(laneAfter(go)).toEqual(['payments/one normal']);
});

describe('who begins to lead', () => {
  it('looks at all that is there, at what gives access first', () => {
    unwire();
    stores.requests.apply({ type: 'ADDED', object: request({ phase: 'Active' }) });
    stores.bindings.apply({ type: 'ADDED', object: binding() });
    stores.bindings.apply({ type: 'ADDED', object: object(ROLE_BINDINGS, 'daypass-nobody', 'orphan', {}) });
    asked = [];
    wire(stores, sinks);
    expect(asked).toEqual(['payments/one urgent', 'payments/one urgent', 'payments/daypass-nobody managed']);
  });

  it('hears nothing once it no longer leads', () => {
    unwire();
    stores.requests.apply({ type: 'ADDED', object: request({ phase: 'Active' }) });
    expect(asked).toEqual([]);
  });
});
