import { beforeEach, describe, expect, it } from 'vitest';
import { ACCESS_REQUESTS } from '../api/access-request.ts';
import { JOBS, NAMESPACES, ROLE_BINDINGS } from '../api/kubernetes.ts';
import { MANAGED_BY, MANAGED_BY_LABEL } from '../api/names.ts';
import { REQUEST_SPEC, requestObject } from '../api/test-objects.ts';
import type { MemoryClient } from '../runtime/memory-client.ts';
import type { KubernetesObject } from '../runtime/object.ts';
import { applyPlan } from './apply.ts';
import type { Plan, Write } from './plan.ts';
import { refusing, testCluster } from './test-cluster.ts';

const NAME = { namespace: 'payments', name: 'daypass-1' };
const REQUEST = { namespace: 'payments', name: 'r' };
const ours = { metadata: { ...NAME, labels: { [MANAGED_BY_LABEL]: MANAGED_BY } } };
const createFuse: Write = { verb: 'create', resource: JOBS, object: () => ours };
const createBinding: Write = {
  verb: 'create',
  resource: ROLE_BINDINGS,
  object: (written) => ({ ...ours, madeAfter: written.map(({ kind }) => kind) }),
};
const finalize: Write = {
  verb: 'patch',
  resource: ACCESS_REQUESTS.resource,
  name: REQUEST,
  patch: { metadata: { finalizers: ['x'] } },
};
const setPhase = (phase: string): Write => ({
  verb: 'patchStatus',
  resource: ACCESS_REQUESTS.resource,
  name: REQUEST,
  patch: { status: { phase } },
});

let client: MemoryClient;
beforeEach(async () => {
  client = await testCluster();
  await client.create(ACCESS_REQUESTS.resource, requestObjectToCreate());
  client.calls.length = 0;
});

function requestObjectToCreate(): KubernetesObject {
  const { metadata, ...object } = requestObject('r', REQUEST_SPEC);
  return { ...object, metadata: { namespace: 'payments', name: metadata.name ?? '' } };
}

function apply(writes: readonly Write[], refused?: Plan['refused']) {
  return applyPlan(client, { writes, then: 'low', ...(refused ? { refused } : {}) }, new AbortController().signal);
}

const done = () => client.calls.map(({ verb, resource }) => `${verb} ${resource.kind}`);

describe('a plan', () => {
  it('is carried out in its order, and says in which lane to look again', async () => {
    expect(await apply([finalize, createFuse, createBinding, setPhase('Active')])).toBe('low');
    expect(done()).toEqual(['patch AccessRequest', 'create Job', 'create RoleBinding', 'patchStatus AccessRequest']);
  });

  it('hands each write what was answered before it', async () => {
    await apply([finalize, createFuse, createBinding]);
    expect(await client.get(ROLE_BINDINGS, NAME)).toMatchObject({ madeAfter: ['AccessRequest', 'Job'] });
  });

  it('stops at the first write that fails, and leaves what is done', async () => {
    client.before = refusing('create', 'Unavailable');
    await expect(apply([finalize, createFuse, setPhase('Active')])).rejects.toMatchObject({ reason: 'Unavailable' });
    expect(done()).toEqual(['patch AccessRequest', 'create Job']);
  });

  it('stops where a confirmation does not hold', async () => {
    await client.create(ROLE_BINDINGS, ours);
    client.calls.length = 0;
    const confirmAbsent: Write = { verb: 'confirmAbsent', resource: ROLE_BINDINGS, name: NAME };
    await expect(apply([confirmAbsent, setPhase('Denied')])).rejects.toMatchObject({ reason: 'Conflict' });
    expect(done()).toEqual(['get RoleBinding']);
  });
});

describe('a delete', () => {
  const remove = (uid: string): Write => ({ verb: 'delete', resource: JOBS, name: NAME, uid });

  it('takes the object it was meant for', async () => {
    const { metadata } = await client.create(JOBS, ours);
    await apply([remove(metadata.uid ?? '')]);
    await expect(client.get(JOBS, NAME)).rejects.toMatchObject({ reason: 'NotFound' });
  });

  it('is done where there is nothing to delete', async () => {
    expect(await apply([remove('gone'), setPhase('Expired')])).toBe('low');
    expect(done()).toContain('patchStatus AccessRequest');
  });

  it('is done where another object bears the name by now, and leaves that one alone', async () => {
    await client.create(JOBS, ours);
    expect(await apply([remove('another')])).toBe('low');
    await expect(client.get(JOBS, NAME)).resolves.toMatchObject({ metadata: NAME });
  });

  it.each(['Unavailable', 'Forbidden'] as const)(
    'is not done when the answer is %s: what follows has to wait',
    async (reason) => {
      client.before = refusing('delete', reason);
      await expect(apply([remove('u'), setPhase('Expired')])).rejects.toMatchObject({ reason });
      expect(done()).not.toContain('patchStatus AccessRequest');
    },
  );
});

describe('a name that is taken', () => {
  const fail: Plan['refused'] = ({ reason }) => ({ writes: [setPhase(reason)], then: 'normal' });

  it('by an object of ours is looked at again: its answer may have been lost', async () => {
    await client.create(JOBS, ours);
    await expect(apply([createFuse, createBinding], fail)).rejects.toMatchObject({ reason: 'Conflict' });
    expect(done()).not.toContain('create RoleBinding');
  });

  it.each([undefined, { [MANAGED_BY_LABEL]: 'Helm' }])('by an object labelled %j was planted', async (labels) => {
    await client.create(JOBS, { metadata: labels ? { ...NAME, labels } : NAME });
    expect(await apply([createFuse, createBinding], fail)).toBe('normal');
    await expect(client.get(ACCESS_REQUESTS.resource, REQUEST)).resolves.toMatchObject({
      status: { phase: 'AlreadyExists' },
    });
    expect(done()).not.toContain('create RoleBinding');
  });

  it('and free again a moment later is tried again', async () => {
    client.before = refusing('create', 'AlreadyExists');
    await expect(apply([createFuse], fail)).rejects.toMatchObject({ reason: 'NotFound' });
  });
});

describe('a refusal', () => {
  const told: { reason: string; written: (string | undefined)[] }[] = [];
  const fail: Plan['refused'] = ({ reason }, written) => {
    told.push({ reason, written: written.map(({ kind }) => kind) });
    return { writes: [setPhase('Failed')], then: 'normal' };
  };
  beforeEach(() => void told.splice(0));

  it.each(['Forbidden', 'Invalid'] as const)(
    'for good (%s) leads to the plan for it, which knows what was written',
    async (reason) => {
      client.before = (call) =>
        refusing('create', reason)(call.resource === ROLE_BINDINGS ? call : { ...call, verb: 'get' });
      expect(await apply([createFuse, createBinding, setPhase('Active')], fail)).toBe('normal');
      expect(told).toEqual([{ reason, written: ['Job'] }]);
      await expect(client.get(ACCESS_REQUESTS.resource, REQUEST)).resolves.toMatchObject({
        status: { phase: 'Failed' },
      });
    },
  );

  it.each(['Unavailable', 'TooManyRequests', 'Conflict', 'Unauthorized', 'NotFound'] as const)(
    'that may pass (%s) is no answer',
    async (reason) => {
      client.before = refusing('create', reason);
      await expect(apply([createBinding], fail)).rejects.toMatchObject({ reason });
      expect(told).toEqual([]);
    },
  );

  it('by a namespace on its way out is no answer either', async () => {
    const { metadata } = await client.get(NAMESPACES, { name: 'payments' });
    await client.delete(NAMESPACES, { name: 'payments' }, { uid: metadata.uid ?? '' });
    await expect(apply([createBinding], fail)).rejects.toMatchObject({
      reason: 'Forbidden',
      causes: ['NamespaceTerminating'],
    });
    expect(told).toEqual([]);
  });

  it('of the plan for it is not answered by the same plan again', async () => {
    client.before = (call) => refusing('create', 'Forbidden')(call) ?? refusing('patchStatus', 'Forbidden')(call);
    await expect(apply([createBinding], fail)).rejects.toMatchObject({ reason: 'Forbidden' });
    expect(told).toHaveLength(1);
  });

  it('is thrown where there is no plan for it', async () => {
    client.before = refusing('create', 'Forbidden');
    await expect(apply([createBinding])).rejects.toMatchObject({ reason: 'Forbidden' });
  });
});
