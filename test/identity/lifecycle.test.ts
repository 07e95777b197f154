import { describe, expect, it } from 'vitest';
import { kubectl, kubectlOk } from '../support/kubectl.ts';
import { sharedControlPlane } from '../support/shared.ts';
import { ok } from './answers.ts';
import type { Caller } from './caller.ts';
import { event, type Grant, grantTo } from './grant.ts';
import { insider } from './insiders.ts';
import { effective, newStage, pathsIn, person } from './stage.ts';

const BACKGROUND = { propagationPolicy: 'Background' };

/** A grant as it should be: asked for by a person with the shipped role alone. */
async function someGrant(options?: { seconds: number; grace: number }): Promise<Grant & { requester: Caller }> {
  const stage = await newStage();
  const requester = await person(stage, 'daypass-requester');
  return { ...(await grantTo(requester, stage, options)), requester };
}

/** What the API server answers for each of these objects, once they are gone or after a minute. */
async function codesOnceGone({ stage }: Grant, ...paths: readonly string[]): Promise<number[]> {
  const answers = paths.map(async (path) => {
    const [, namespace, resource, name] = /namespaces\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
    const what = [`${resource}/${name}`, `--namespace=${namespace}`];
    await kubectl(['wait', ...what, '--for=delete', '--timeout=60s'], sharedControlPlane());
    return (await stage.admin.get(path)).code;
  });
  return Promise.all(answers);
}

/** What the operator does last: the finalizer goes, and lets the request go. */
async function release({ stage, request }: Grant): Promise<void> {
  ok(await stage.operator.patch(request, { metadata: { finalizers: null } }));
}

describe('with every policy in force', () => {
  it('a grant gives access and ends as the operator ends it', async () => {
    const grant = await someGrant();
    const { stage, requester, binding, job, request } = grant;
    await effective(requester, { namespace: stage.namespace, group: '', resource: 'pods', verb: 'list' });
    expect(await requester.get(`/api/v1/namespaces/${stage.namespace}/pods`)).toMatchObject({ code: 200 });

    const { uid } = ok(await stage.operator.get(binding)).metadata;
    expect(await stage.operator.delete(binding, { preconditions: { uid } })).toMatchObject({ code: 200 });
    expect(await stage.operator.delete(job, BACKGROUND)).toMatchObject({ code: 200 });
    expect(await stage.operator.patch(`${request}/status`, { status: { phase: 'Expired' } })).toMatchObject({
      code: 200,
    });
    await release(grant);
    expect(await requester.get(`/api/v1/namespaces/${stage.namespace}/pods`)).toMatchObject({ code: 403 });
    expect(await requester.delete(request)).toMatchObject({ code: 200 });
  });

  it('the operator tells what happened by Events, and finds its own again', async () => {
    const { stage, event: told } = await someGrant();
    const { events } = pathsIn(stage.namespace);
    expect(await stage.operator.get(`${events}/${told.name}`)).toMatchObject({ code: 200 });
    expect(await stage.operator.create(events, event(stage, told.name))).toMatchObject({ code: 409 });
  });

  it('the fuse alone takes the binding away', async () => {
    const grant = await someGrant({ seconds: 60, grace: -58 });
    expect(await codesOnceGone(grant, grant.job, grant.binding)).toEqual([404, 404]);
  });

  it('deleting the fuse in the background takes the binding along', async () => {
    const grant = await someGrant();
    expect(await grant.stage.operator.delete(grant.job, BACKGROUND)).toMatchObject({ code: 200 });
    expect(await codesOnceGone(grant, grant.binding)).toEqual([404]);
  });

  it.each(['Background', 'Foreground'])(
    'whoever may delete bindings there may delete the fuse with propagationPolicy %s',
    async (propagationPolicy) => {
      const grant = await someGrant();
      const neighbour = await insider(grant.stage);
      expect(await neighbour.delete(grant.job, { propagationPolicy })).toMatchObject({ code: 200 });
    },
  );

  it.each(['background', 'foreground', 'orphan'])(
    'a requester deletes an active request with --cascade=%s',
    async (cascade) => {
      const grant = await someGrant();
      const { stage, request, requester, binding, job } = grant;
      const policy = `${cascade[0]?.toUpperCase()}${cascade.slice(1)}`;
      expect(await requester.delete(request, { propagationPolicy: policy })).toMatchObject({ code: 200 });
      ok(await stage.operator.get(request)); // held, until the operator has revoked
      await stage.operator.delete(binding);
      await stage.operator.delete(job, BACKGROUND);
      await release(grant);
      expect(await codesOnceGone(grant, request, binding, job)).toEqual([404, 404, 404]);
    },
  );

  it('a namespace with a live grant goes', async () => {
    const grant = await someGrant();
    const { stage } = grant;
    expect(await stage.admin.delete(`/api/v1/namespaces/${stage.namespace}`)).toMatchObject({ code: 200 });
    expect(await codesOnceGone(grant, grant.binding, grant.job)).toEqual([404, 404]);
    await release(grant);
    await kubectlOk(['wait', `namespace/${stage.namespace}`, '--for=delete', '--timeout=60s'], sharedControlPlane());
  });
});
