import { beforeEach, describe, expect, it } from 'vitest';
import { ACCESS_POLICIES } from '../api/access-policy.ts';
import { ACCESS_REQUESTS } from '../api/access-request.ts';
import { CLUSTER_ROLES, JOBS, ROLE_BINDINGS, ROLES } from '../api/kubernetes.ts';
import { nameOf } from '../runtime/object.ts';
import { holdToQuiet } from './test-quiet.ts';
import { story, World } from './test-world.ts';

const LOGS = { apiGroups: [''], resources: ['pods/log'], resourceNames: ['checkout'], verbs: ['get'] };
const ASK = { roleRef: undefined, permissions: [LOGS], duration: '20s' };
const DEBUG = { name: 'debug' };
const LOGS_ROLE = { name: 'logs' };

let world: World;

beforeEach(async () => {
  world = await World.create();
  const permissions = [{ apiGroups: [''], resources: ['pods', 'pods/log'], verbs: ['get', 'list'] }];
  await world.client.patch(ACCESS_POLICIES.resource, DEBUG, { spec: { permissions } });
});

holdToQuiet(() => world);

async function managed(): Promise<string> {
  return `payments/daypass-${(await world.request('one'))?.metadata.uid ?? ''}`;
}

async function leftovers(): Promise<number> {
  const all = await Promise.all([ROLES, ROLE_BINDINGS, JOBS].map((resource) => world.all(resource, 'payments')));
  return all.flat().length;
}

describe('a request by permission', () => {
  it('becomes a Role of exactly that and its binding, both owned by the fuse, and all is gone at the end', async () => {
    const request = await world.granted('one', ASK);
    const [fuse] = await world.all(JOBS, 'payments');
    const [role] = await world.all(ROLES);
    const name = `daypass-${request?.metadata.uid ?? ''}`;
    expect(role).toMatchObject({ metadata: { name, ownerReferences: [{ uid: fuse?.metadata.uid }] }, rules: [LOGS] });
    expect(await world.all(ROLE_BINDINGS)).toMatchObject([
      { roleRef: { kind: 'Role', name }, metadata: { ownerReferences: [{ uid: fuse?.metadata.uid }] } },
    ]);
    expect(request?.status).toMatchObject({
      phase: 'Active',
      role: { name, uid: role?.metadata.uid },
      grant: { roleUid: role?.metadata.uid },
    });
    expect(request?.status.history?.[0]?.message).toBe('permissions on pods/log for 20s');
    await world.advance(25);
    expect(await leftovers()).toBe(0);
    expect(story(await world.request('one')).at(-1)).toBe('Expired');
  });

  it('makes these writes', async () => {
    await world.granted('one', ASK);
    await world.advance(40);
    expect(world.writes.filter((write) => !/Event|AccessPolicy|ConfigMap/.test(write))).toEqual([
      'patchStatus AccessRequest',
      'create Job',
      'patch AccessRequest',
      'create Role',
      'create RoleBinding',
      'patchStatus AccessRequest',
      'patchStatus AccessRequest',
      'delete RoleBinding',
      'delete Role',
      'delete Job',
      'patchStatus AccessRequest',
      'patch AccessRequest',
    ]);
  });

  it.each<[string, object, string]>([
    [
      'more than the policy lists',
      { ...LOGS, verbs: ['get', 'delete'] },
      'debug: it does not give delete pods/log named checkout',
    ],
    [
      'what is risky',
      { ...LOGS, resources: ['pods/exec'], resourceNames: undefined },
      'it does not allow what is risky (Exec)',
    ],
  ])('is denied %s', async (_what, permission, why) => {
    const wide = [{ apiGroups: [''], resources: ['pods/log', 'pods/exec'], verbs: ['get'] }];
    await world.client.patch(ACCESS_POLICIES.resource, DEBUG, { spec: { permissions: wide } });
    const request = await world.granted('one', { ...ASK, permissions: [permission] });
    expect(story(request)).toEqual(['Requested', 'Denied NoPolicyPermits']);
    expect(request?.status.history?.at(-1)?.message).toContain(why);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['gets another rule', () => edit({ rules: [{ ...LOGS, verbs: ['get', 'delete'] }] })],
    ['is deleted', async () => world.remove(ROLES, await managed())],
    ['is replaced by one that looks the same', replace],
    [
      'bears another end',
      () => edit({ metadata: { annotations: { 'daypass.dev/expires-at': '2027-12-01T00:00:00Z' } } }),
    ],
  ])('ends when its Role %s', async (_what, change) => {
    await world.granted('one', { ...ASK, duration: '5m' });
    await change();
    await world.settle();
    expect(await leftovers()).toBe(0);
    expect(story(await world.request('one')).at(-1)).toBe('Revoked RoleChanged');
  });

  async function edit(patch: Record<string, unknown>): Promise<void> {
    await world.client.patch(ROLES, nameOf(await managed()), patch);
  }

  async function replace(): Promise<void> {
    const { metadata, ...rest } = await world.client.get(ROLES, nameOf(await managed()));
    await world.remove(ROLES, await managed());
    const { uid: _, resourceVersion: __, creationTimestamp: ___, ...kept } = metadata;
    await world.put(ROLES, { ...rest, metadata: kept });
  }

  it('ends at a Deny of what it gives', async () => {
    await world.granted('one', { ...ASK, duration: '5m' });
    await world.putDeny('no-logs', { permissions: [{ apiGroups: ['*'], resources: ['pods/log'], verbs: ['*'] }] });
    await world.settle();
    expect(story(await world.request('one')).at(-1)).toBe('Revoked DeniedByPolicy');
  });

  it('leaves nothing behind when it is deleted while the operator is away', async () => {
    await world.granted('one', { ...ASK, duration: '5m' });
    await world.kill();
    await world.remove(ACCESS_REQUESTS.resource, 'payments/one');
    await world.start();
    await world.advance(35);
    expect(await leftovers()).toBe(0);
    expect(await world.request('one')).toBeUndefined();
  });

  it('is carried through a crash after any of its writes', async () => {
    for (let crashAfter = 0; crashAfter < 14; crashAfter++) {
      world = await World.create();
      const permissions = [{ apiGroups: [''], resources: ['pods/log'], verbs: ['get'] }];
      await world.client.patch(ACCESS_POLICIES.resource, DEBUG, { spec: { permissions } });
      await world.ask('one', ASK);
      await world.start({ crashAfter });
      await world.advance(3);
      await world.kill();
      await world.start();
      await world.advance(90);
      expect(await leftovers(), `killed after write ${crashAfter}`).toBe(0);
      expect(story(await world.request('one')).at(-1), `killed after write ${crashAfter}`).toBe('Expired');
      await world.kill();
    }
  });
});

it('a risky role takes a policy that says so', async () => {
  const secrets = { apiGroups: [''], resources: ['secrets'], verbs: ['get'] };
  await world.client.patch(CLUSTER_ROLES, LOGS_ROLE, { rules: [secrets] });
  const request = await world.granted('one');
  expect(request?.status.history?.at(-1)?.message).toBe(
    'no policy permits this: debug: it does not allow what is risky (Secrets)',
  );
  await world.client.patch(ACCESS_POLICIES.resource, DEBUG, { spec: { allowRisky: true } });
  await world.ask('two');
  await world.advance(1);
  expect((await world.request('two'))?.status.phase).toBe('Active');
});

it('an aggregated role that Kubernetes has not filled in yet is waited for', async () => {
  const aggregationRule = { clusterRoleSelectors: [{ matchLabels: { x: 'y' } }] };
  await world.client.patch(CLUSTER_ROLES, LOGS_ROLE, { rules: [], aggregationRule });
  const request = await world.granted('one');
  expect(request?.status).toMatchObject({ phase: 'Approved' });
  await world.client.patch(CLUSTER_ROLES, LOGS_ROLE, { rules: [LOGS] });
  await world.settle();
  expect((await world.request('one'))?.status.phase).toBe('Active');
});
