import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { ACCESS_POLICIES } from '../../src/api/access-policy.ts';
import { ACCESS_REQUESTS } from '../../src/api/access-request.ts';
import { CLUSTER_ROLES, NAMESPACES, ROLE_BINDINGS } from '../../src/api/kubernetes.ts';
import { GRANTABLE_ROLE } from '../../src/api/names.ts';
import { ALICE, LENA, ReviewedWorld, SUE } from '../../src/controllers/test-reviews.ts';
import { story, World } from '../../src/controllers/test-world.ts';
import { firstManifest, readText, scriptOf } from './page.ts';

const DEPLOYER = { kind: 'ServiceAccount', namespace: 'ci', name: 'deployer' };
const LOGS = { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] };
const DEBUG = { name: 'debug' };

describe('docs/access-request.md', () => {
  it('asking twice gives two grants, and giving one back leaves the other', async () => {
    const world = await World.create();
    await world.granted('one');
    await world.ask('two');
    await world.advance(1);
    expect(await world.all(ROLE_BINDINGS)).toHaveLength(2);
    await world.remove(ACCESS_REQUESTS.resource, 'payments/one');
    await world.advance(1);
    expect(await world.all(ROLE_BINDINGS)).toHaveLength(1);
    expect((await world.request('two'))?.status.phase).toBe('Active');
    await world.kill();
  });

  it('an extension is no addition: a shorter one ends access sooner', async () => {
    const world = await World.create();
    const before = await world.granted('one', { duration: '10m' });
    await world.ask('more', { duration: '10s', extends: { name: 'one', uid: before?.metadata.uid } });
    await world.advance(15);
    expect(story(await world.request('one')).at(-1)).toBe('Expired Extended');
    expect(await world.all(ROLE_BINDINGS)).toEqual([]);
    await world.kill();
  });

  it('an extension that waits for reviews leaves the old grant to its end, and goes on waiting', async () => {
    const reviewed = await ReviewedWorld.create();
    const { world } = reviewed;
    await reviewed.asked({ duration: '20s' });
    await reviewed.review(LENA);
    await reviewed.review(SUE);
    await world.ask('more', { extends: { name: 'one', uid: (await world.request('one'))?.metadata.uid } });
    await world.advance(30);
    expect(story(await world.request('one')).at(-1)).toBe('Expired');
    for (const who of [LENA, SUE]) await world.review('more', who, 'Approve');
    await world.advance(1);
    expect((await world.request('more'))?.status.phase).toBe('Active');
    await world.kill();
  });

  it('the namespace that is deleted lets an emergency go that nobody has reviewed', async () => {
    const reviewed = await emergency();
    const { world } = reviewed;
    await world.client.patch(NAMESPACES, { name: 'payments' }, { metadata: { finalizers: ['kubernetes'] } });
    await world.remove(ACCESS_REQUESTS.resource, 'payments/one');
    await world.advance(40);
    expect(await reviewed.phase()).toBe('Revoked');
    await world.remove(NAMESPACES, 'payments');
    await world.advance(1);
    expect(await reviewed.phase()).toBeUndefined();
    await world.kill();
  });
});

describe('docs/access-review.md', () => {
  it('a Revoke by its requester ends an emergency, and does not review it', async () => {
    const reviewed = await emergency();
    await reviewed.review(ALICE, 'Revoke');
    expect(await reviewed.phase()).toBe('Revoked');
    await reviewed.world.advance(130);
    expect(story(await reviewed.world.request('one')).at(-1)).toBe('AfterReviewOverdue');
    await reviewed.review(LENA, 'Deny');
    expect(story(await reviewed.world.request('one')).at(-1)).toBe('AfterReviewed Deny');
    await reviewed.world.kill();
  });
});

describe('docs/access-policy.md', () => {
  it('a Deny that names a service account reaches whoever asks for it', async () => {
    const world = await World.create();
    await world.client.patch(ACCESS_POLICIES.resource, DEBUG, { spec: { onBehalfOf: [DEPLOYER] } });
    expect(await world.granted('one', { subject: DEPLOYER, duration: '5m' })).toHaveProperty('status.phase', 'Active');
    await world.putDeny('no-deployer', { requesters: [DEPLOYER] });
    await world.settle();
    expect(story(await world.request('one')).at(-1)).toBe('Revoked DeniedByPolicy');
    await world.kill();
  });

  it('a Deny of roles does not reach the same by permission, and a Deny of permissions reaches both', async () => {
    const world = await World.create();
    await world.client.patch(ACCESS_POLICIES.resource, DEBUG, { spec: { permissions: [LOGS] } });
    await world.client.patch(CLUSTER_ROLES, { name: GRANTABLE_ROLE }, { rules: [LOGS] });
    await world.granted('by-permission', { roleRef: undefined, permissions: [LOGS], duration: '5m' });
    await world.putDeny('no-such-role', { roles: ['logs'] });
    await world.settle();
    expect((await world.request('by-permission'))?.status.phase).toBe('Active');
    await world.remove(ACCESS_POLICIES.resource, 'no-such-role');
    await world.ask('by-role', { duration: '5m' });
    await world.advance(1);
    expect((await world.request('by-role'))?.status.phase).toBe('Active');
    await world.putDeny('no-logs', { permissions: [{ apiGroups: ['*'], resources: ['*/log'], verbs: ['*'] }] });
    await world.settle();
    const ends = await Promise.all(['by-role', 'by-permission'].map(async (name) => story(await world.request(name))));
    expect(ends.map((each) => each.at(-1))).toEqual(['Revoked DeniedByPolicy', 'Revoked DeniedByPolicy']);
    await world.kill();
  });
});

it('what docs/install.md makes grantable is what the examples let people ask for', () => {
  const Rules = z.object({ rules: z.array(z.unknown()) });
  const Policy = z.object({ spec: z.object({ permissions: z.array(z.unknown()) }) });
  const { rules } = Rules.parse(parse(scriptOf('docs/install.md', 'Make permissions grantable', 'yaml')));
  const policies = [
    firstManifest('docs/access-policy.md', 'permissions:'),
    readText('examples/permission-policy.yaml'),
  ];
  for (const text of policies) expect(Policy.parse(parse(text)).spec.permissions).toEqual(rules);
});

/** A world in which alice has an emergency, which is to be reviewed within two minutes. */
async function emergency(): Promise<ReviewedWorld> {
  const reviewed = await ReviewedWorld.create();
  await reviewed.changePolicy({ emergency: { maxDuration: '10m', reviewWithin: '2m' } });
  await reviewed.asked({ emergency: true, reason: 'INC-4711', duration: '5m' });
  return reviewed;
}
