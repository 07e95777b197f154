import { beforeEach, describe, expect, it } from 'vitest';
import { ACCESS_POLICIES } from '../api/access-policy.ts';
import { ACCESS_REQUESTS, type AccessRequest } from '../api/access-request.ts';
import { CLUSTER_ROLES, EVENTS, JOBS, NAMESPACES, ROLE_BINDINGS } from '../api/kubernetes.ts';
import { GRANTABLE_ROLE } from '../api/names.ts';
import { ApiError } from '../runtime/errors.ts';
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

describe('when the deciding policy no longer permits a grant', () => {
  it('the grant goes on under another that does', async () => {
    await granted('one', { duration: '1h' });
    await world.putPolicy('other', { priority: -1 });
    await world.remove(ACCESS_POLICIES.resource, 'debug');
    await world.advance(29);
    expect((await world.request('one'))?.status.policy?.name).toBe('debug');
    await world.advance(2);
    const request = await world.request('one');
    expect(request?.status).toMatchObject({ phase: 'Active', policy: { name: 'other' } });
    expect(story(request).at(-1)).toBe('Approved PolicyChanged');
  });

  it('the grant ends if none does', async () => {
    await granted('one', { duration: '1h' });
    await world.remove(ACCESS_POLICIES.resource, 'debug');
    await world.advance(31);
    expect(story(await world.request('one')).at(-1)).toBe('Revoked PolicyChanged');
    expect(await world.all(ROLE_BINDINGS)).toEqual([]);
  });

  it('nothing happens if it permits it again soon', async () => {
    await granted('one', { duration: '1h' });
    await world.remove(ACCESS_POLICIES.resource, 'debug');
    await world.advance(10);
    expect((await world.request('one'))?.status.conditions).toContainEqual(
      expect.objectContaining({ type: 'Approved', status: 'Unknown' }),
    );
    await world.putPolicy('debug', {});
    await world.advance(60);
    expect((await world.request('one'))?.status.phase).toBe('Active');
  });

  it('an unreadable Deny does not end what runs', async () => {
    await granted('one', { duration: '1h' });
    await world.putDeny('broken', { roles: 'logs' });
    await world.advance(60);
    expect((await world.request('one'))?.status.phase).toBe('Active');
  });
});

describe('what nobody asked for', () => {
  it('a managed binding without a request is removed', async () => {
    const metadata = {
      namespace: 'payments',
      name: 'daypass-nobody',
      labels: { 'app.kubernetes.io/managed-by': 'daypass' },
    };
    await world.put(ROLE_BINDINGS, {
      metadata,
      subjects: [{ kind: 'User', name: 'mallory' }],
      roleRef: { kind: 'ClusterRole', name: 'logs' },
    });
    await world.start();
    expect(await world.all(ROLE_BINDINGS)).toEqual([]);
  });

  it('a managed binding in another namespace than its request is removed', async () => {
    const request = await granted('one', { duration: '1h' });
    await world.put(NAMESPACES, { metadata: { name: 'other' } });
    const name = `daypass-${request?.metadata.uid ?? ''}`;
    const metadata = { namespace: 'other', name, labels: { 'app.kubernetes.io/managed-by': 'daypass' } };
    await world.put(ROLE_BINDINGS, { metadata, subjects: [], roleRef: { kind: 'ClusterRole', name: 'logs' } });
    await world.settle();
    expect((await world.all(ROLE_BINDINGS)).map((binding) => binding.metadata.namespace)).toEqual(['payments']);
  });

  it('a managed binding for a request that nobody has approved yet is removed', async () => {
    await world.client.patch(ACCESS_POLICIES.resource, { name: 'debug' }, { spec: { approval: null } });
    const approval = { required: [{ reviewers: [{ kind: 'Group', name: 'leads' }], count: 1 }] };
    await world.client.patch(ACCESS_POLICIES.resource, { name: 'debug' }, { spec: { approval } });
    const request = await granted('one');
    expect(request?.status.phase).toBe('Pending');
    const name = `daypass-${request?.metadata.uid ?? ''}`;
    const metadata = { namespace: 'payments', name, labels: { 'app.kubernetes.io/managed-by': 'daypass' } };
    await world.put(ROLE_BINDINGS, { metadata, subjects: [], roleRef: { kind: 'ClusterRole', name: 'logs' } });
    await world.settle();
    expect(await world.all(ROLE_BINDINGS)).toEqual([]);
    expect((await world.request('one'))?.status.phase).toBe('Pending');
  });

  it('the grant of a request that can no longer be read is removed, and the request can go', async () => {
    await granted('one', { duration: '1h' });
    await world.client.patch(
      ACCESS_REQUESTS.resource,
      { namespace: 'payments', name: 'one' },
      { spec: { unknown: true } },
    );
    await world.settle();
    expect(await world.all(ROLE_BINDINGS)).toEqual([]);
    await world.remove(ACCESS_REQUESTS.resource, 'payments/one');
    await world.settle();
    expect(await world.all(ACCESS_REQUESTS.resource)).toEqual([]);
  });

  it('a request whose object was planted fails', async () => {
    const { metadata } = await world.ask('one');
    await world.put(JOBS, { metadata: { namespace: 'payments', name: `daypass-${metadata.uid ?? ''}` }, spec: {} });
    await world.start();
    expect(story(await world.request('one')).at(-1)).toBe('Failed NameTaken');
    expect(await world.all(ROLE_BINDINGS)).toEqual([]);
  });

  it('nothing is granted in a namespace that is going away', async () => {
    await world.client.patch(NAMESPACES, { name: 'payments' }, { metadata: { finalizers: ['test/hold'] } });
    await world.ask('one');
    await world.remove(NAMESPACES, 'payments');
    await world.start();
    await world.advance(5);
    expect(await world.all(ROLE_BINDINGS)).toEqual([]);
    expect(world.log.at('error')).toEqual([]);
  });
});

describe('an ended request', () => {
  it('is not held for ever when Events cannot be written', async () => {
    world.client.before = ({ verb, resource }) =>
      verb === 'create' && resource === EVENTS ? new ApiError('Unavailable', 'webhook is broken') : undefined;
    await granted('one', { duration: '5s' });
    await world.advance(10);
    expect((await world.request('one'))?.metadata.finalizers).toEqual(['daypass.dev/revoke']);
    await world.advance(290);
    expect((await world.request('one'))?.metadata.finalizers).toEqual(['daypass.dev/revoke']);
    await world.advance(10);
    expect((await world.request('one'))?.metadata.finalizers).toEqual([]);
  });
});

describe('policies', () => {
  it('that cannot be read say so, once', async () => {
    await world.putDeny('broken', { roles: 'logs' });
    await world.start();
    await world.advance(120);
    const broken = (await world.all(ACCESS_POLICIES.resource)).find(({ metadata }) => metadata.name === 'broken');
    expect(broken?.['status']).toMatchObject({
      conditions: [{ type: 'Ready', status: 'False', reason: 'Unreadable' }],
    });
    expect(world.writes.filter((write) => write === 'patchStatus AccessPolicy')).toHaveLength(2);
    expect(world.log.at('warn')).toEqual(['a policy cannot be read']);
  });

  it('say what is in their way', async () => {
    await world.putPolicy('no-role', { roles: ['missing'] });
    await world.remove(CLUSTER_ROLES, GRANTABLE_ROLE);
    await world.start();
    const ready = new Map(
      (await world.all(ACCESS_POLICIES.resource)).map(({ metadata, ...policy }) => [metadata.name, policy['status']]),
    );
    expect(ready.get('no-role')).toMatchObject({
      conditions: [{ type: 'Ready', status: 'False', reason: 'RoleNotFound' }],
    });
    expect(ready.get('debug')).toMatchObject({
      conditions: [{ type: 'Ready', status: 'False', reason: 'NotGrantable' }],
    });
  });
});
