import { beforeEach, describe, expect, it } from 'vitest';
import { ACCESS_POLICIES } from '../api/access-policy.ts';
import { ACCESS_REQUESTS, type AccessRequest } from '../api/access-request.ts';
import { CLUSTER_ROLES, JOBS, ROLE_BINDINGS } from '../api/kubernetes.ts';
import { holdToQuiet } from './test-quiet.ts';
import { story, World } from './test-world.ts';

let world: World;

beforeEach(async () => {
  world = await World.create();
});

holdToQuiet(() => world);

function granted(name = 'one', spec: Record<string, unknown> = {}): Promise<AccessRequest | undefined> {
  return world.granted(name, spec);
}

describe('an approved request', () => {
  it('becomes a binding of one subject that a fuse owns, and is gone when its time is over', async () => {
    const request = await granted();
    expect(request?.status).toMatchObject({
      phase: 'Active',
      grantedAt: '2026-12-01T09:00:00Z',
      expiresAt: '2026-12-01T09:00:10Z',
    });
    const [binding] = await world.all(ROLE_BINDINGS);
    const [fuse] = await world.all(JOBS, 'payments');
    expect(binding).toMatchObject({
      subjects: [{ kind: 'User', name: 'alice' }],
      roleRef: { kind: 'ClusterRole', name: 'logs' },
      metadata: { ownerReferences: [{ uid: fuse?.metadata.uid }] },
    });
    await world.advance(8);
    expect(await world.all(ROLE_BINDINGS)).toHaveLength(1);
    await world.advance(1);
    expect(await world.all(ROLE_BINDINGS)).toEqual([]);
    const ended = await world.request('one');
    expect(story(ended)).toEqual(['Requested', 'Approved Automatic', 'Granted', 'Expired']);
    expect(ended?.status).toMatchObject({ phase: 'Expired', endedAt: '2026-12-01T09:00:10Z' });
    expect(ended?.metadata.finalizers).toEqual([]);
  });

  it('makes these writes and no others', async () => {
    await granted();
    await world.advance(20);
    const writes = world.writes.filter((write) => !/AccessPolicy|ConfigMap/.test(write));
    expect(writes.filter((write) => write !== 'create Event')).toEqual([
      'patchStatus AccessRequest', // approved
      'create Job',
      'patch AccessRequest', // finalizer
      'create RoleBinding',
      'patchStatus AccessRequest', // active
      'patchStatus AccessRequest', // fuse armed
      'delete RoleBinding',
      'delete Job',
      'patchStatus AccessRequest', // expired
      'patch AccessRequest', // finalizer off
    ]);
    expect(writes).toHaveLength(14); // and four Events: Requested, Approved, Granted, Expired
  });

  it('starts when it asked to, decided again at that moment', async () => {
    const request = await granted('one', { startTime: '2026-12-01T09:01:00Z' });
    expect(request?.status.phase).toBe('Approved');
    await world.advance(57);
    expect(await world.all(ROLE_BINDINGS)).toEqual([]);
    await world.advance(3);
    expect((await world.request('one'))?.status).toMatchObject({ phase: 'Active', expiresAt: '2026-12-01T09:01:10Z' });
  });

  it('is denied at its start if no policy permits it by then', async () => {
    await granted('one', { startTime: '2026-12-01T09:01:00Z' });
    await world.remove(ACCESS_POLICIES.resource, 'debug');
    await world.advance(60);
    expect(story(await world.request('one'))).toEqual(['Requested', 'Approved Automatic', 'Denied NoPolicyPermits']);
    expect(await world.all(ROLE_BINDINGS)).toEqual([]);
  });

  it('waits for a role that does not exist yet, and says so', async () => {
    await world.remove(CLUSTER_ROLES, 'logs');
    const request = await granted();
    expect(request?.status).toMatchObject({ phase: 'Approved' });
    expect(request?.status.conditions).toContainEqual(
      expect.objectContaining({ type: 'Active', reason: 'RoleNotFound' }),
    );
    await world.put(CLUSTER_ROLES, { metadata: { name: 'logs' }, rules: [] });
    await world.advance(1);
    expect((await world.request('one'))?.status.phase).toBe('Active');
  });

  it('lapses when it could not be granted for an hour', async () => {
    await world.remove(CLUSTER_ROLES, 'logs');
    await granted();
    await world.advance(3600);
    expect(story(await world.request('one'))).toEqual(['Requested', 'Approved Automatic', 'Lapsed DeadlineExceeded']);
  });
});

describe('a request is denied', () => {
  it.each([
    ['by a Deny, whatever permits it', {}, 'DeniedByPolicy', () => world.putDeny('freeze')],
    ['by a Deny that cannot be read', {}, 'PolicyUnreadable', () => world.putDeny('broken', { roles: 'logs' })],
    ['for longer than any policy allows', { duration: '2h' }, 'NoPolicyPermits', undefined],
    ['to somebody nobody listed', { requester: { username: 'mallory' } }, 'NoPolicyPermits', undefined],
    [
      'to accounts of the system',
      { requester: { username: 'system:admin', groups: ['system:masters'] } },
      'SystemAccount',
      undefined,
    ],
    ['too far ahead', { startTime: '2026-12-09T09:00:00Z' }, 'StartTooFar', undefined],
  ])('%s', async (_what, spec, reason, prepare) => {
    await prepare?.();
    const request = await granted('one', spec);
    expect(story(request)).toEqual(['Requested', `Denied ${reason}`]);
    expect(await world.all(JOBS, 'payments')).toEqual([]);
  });

  it('and a hundred of them at once ask for the policies a few times only', async () => {
    for (let n = 0; n < 100; n++) await world.ask(`no-${n}`, { duration: '2h' });
    await world.start();
    await world.advance(3);
    const requests = await world.all(ACCESS_REQUESTS.resource);
    expect(requests).toHaveLength(100);
    for (const request of requests) expect(request['status']).toMatchObject({ phase: 'Denied' });
    const lists = world.client.calls.filter(
      ({ verb, resource }) => verb === 'list' && resource === ACCESS_POLICIES.resource,
    );
    expect(lists.length).toBeLessThan(100);
  });
});

describe('a grant ends at once', () => {
  it.each<[string, string, () => Promise<unknown>]>([
    ['its request is deleted', 'RequestDeleted', () => world.remove(ACCESS_REQUESTS.resource, 'payments/one')],
    ['a Deny starts to match', 'DeniedByPolicy', () => world.putDeny('freeze')],
    ['its role is edited', 'RoleChanged', () => world.client.patch(CLUSTER_ROLES, { name: 'logs' }, { rules: [] })],
    ['its role is deleted', 'RoleChanged', () => world.remove(CLUSTER_ROLES, 'logs')],
    ['its binding is deleted', 'BindingDeleted', async () => world.remove(ROLE_BINDINGS, await managed())],
    ['its binding is being deleted, held by a finalizer', 'BindingDeleted', holdAndRemove],
    ['its fuse is deleted', 'FuseChanged', async () => world.remove(JOBS, await managed())],
    [
      'its subjects change',
      'BindingChanged',
      () => edit(ROLE_BINDINGS, { subjects: [{ kind: 'User', name: 'mallory' }] }),
    ],
    ['its end is moved', 'BindingChanged', () => editAnnotation(ROLE_BINDINGS)],
    ['its binding loses its owner', 'BindingChanged', () => edit(ROLE_BINDINGS, { metadata: { ownerReferences: [] } })],
    ['its fuse is made longer', 'FuseChanged', () => edit(JOBS, { spec: { ttlSecondsAfterFinished: 999_999 } })],
    ['its fuse is suspended', 'FuseChanged', () => edit(JOBS, { spec: { suspend: true } })],
  ])('when %s', async (_what, reason, change) => {
    const request = await granted('one', { duration: '1h' });
    expect(request?.status.phase).toBe('Active');
    world.kubernetes = false;
    await change();
    await world.settle();
    expect(await world.all(ROLE_BINDINGS)).toEqual([]);
    expect(await world.all(JOBS, 'payments')).toEqual([]);
    const ended = await world.request('one');
    if (reason === 'RequestDeleted') expect(ended).toBeUndefined();
    else expect(story(ended).at(-1)).toBe(`Revoked ${reason}`);
  });

  async function managed(): Promise<string> {
    return `payments/daypass-${(await world.request('one'))?.metadata.uid ?? ''}`;
  }

  async function edit(resource: typeof JOBS, patch: Record<string, unknown>): Promise<void> {
    await world.client.patch(
      resource,
      { namespace: 'payments', name: (await managed()).slice('payments/'.length) },
      patch,
    );
  }

  async function holdAndRemove(): Promise<void> {
    await edit(ROLE_BINDINGS, { metadata: { finalizers: ['example.com/hold'] } });
    await world.remove(ROLE_BINDINGS, await managed());
    await world.settle();
    await edit(ROLE_BINDINGS, { metadata: { finalizers: [] } });
  }

  function editAnnotation(resource: typeof JOBS): Promise<void> {
    return edit(resource, { metadata: { annotations: { 'daypass.dev/expires-at': '2027-12-01T00:00:00Z' } } });
  }
});
