import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCESS_REQUESTS } from '../../src/api/access-request.ts';
import { ANNOTATION } from '../../src/api/names.ts';
import { FUSE_GRACE } from '../../src/grant/objects.ts';
import type { Resource } from '../../src/runtime/object.ts';
import { kubectlOk } from '../support/kubectl.ts';
import { Observer } from './observer.ts';
import { ask, GROUP, newStage, observeBindings, requestIn, type Stage } from './stage.ts';
import { printLags } from './whole.ts';

const GRANTS = 20;
/** What Kubernetes' own controllers may take to burn a fuse and collect its binding, in milliseconds. */
const LATE = 15_000;
const PODS = { group: '', version: 'v1', kind: 'Pod', plural: 'pods', namespaced: true } as const satisfies Resource;

let stage: Stage;
let pods: Observer;
let bindings: Observer;

beforeAll(async () => {
  stage = await newStage();
  pods = await Observer.start(stage.admin, PODS);
  bindings = await observeBindings(stage.admin);
  using requests = await Observer.start(stage.admin, ACCESS_REQUESTS.resource);
  await using operator = await stage.operator();
  await stage.namespace('payments');
  const developer = await stage.as('dana', GROUP);
  await Promise.all(Array.from({ length: GRANTS }, () => ask(developer, 'payments', { duration: '12s' })));
  await requests.until('all are active', () => {
    const phases = Array.from(requests.current.values(), (request) => requestIn(request).status.phase);
    return phases.filter((phase) => phase === 'Active').length === GRANTS;
  });
  await operator.kill();
});

afterAll(async () => {
  pods[Symbol.dispose]();
  bindings[Symbol.dispose]();
  await stage[Symbol.asyncDispose]();
});

describe('20 grants, and the operator dead and its rights gone for good', () => {
  it('every fuse burns: each binding is gone within its end, the grace and 15 s (P2)', async () => {
    await kubectlOk(['delete', 'clusterrolebinding', 'daypass-operator', 'daypass-grantable'], stage.cluster);
    expect(bindings.current.size).toBe(GRANTS);
    await bindings.until('every binding gone', () => bindings.current.size === 0, 90_000);
    const lags = bindings.all('DELETED').map(({ object, at }) => at - endOf(object));
    printLags('binding gone after its end', lags);
    expect(lags.filter((lag) => !(lag <= FUSE_GRACE * 1000 + LATE))).toEqual([]);
  });

  it('no pod was ever made', () => {
    expect(pods.seen).toEqual([]);
  });
});

function endOf({ metadata }: Observer['seen'][number]['object']): number {
  return Date.parse(metadata.annotations?.[ANNOTATION.expiresAt] ?? '');
}
