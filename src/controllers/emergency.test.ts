import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { ACCESS_POLICIES } from '../api/access-policy.ts';
import { ACCESS_REQUESTS, hasEnded } from '../api/access-request.ts';
import { findCondition } from '../api/condition.ts';
import type { Identity } from '../api/identity.ts';
import { CLUSTER_ROLES, EVENTS } from '../api/kubernetes.ts';
import { settle } from '../runtime/test-clock.ts';
import { ALICE, LENA, LARS, ReviewedWorld, SUE, TWO_STAGES } from './test-reviews.ts';
import { holdToQuiet } from './test-quiet.ts';
import { story, type World } from './test-world.ts';

const EMERGENCY = { emergency: true, reason: 'INC-4711', duration: '30s' };

let reviewed: ReviewedWorld;
let world: World;

beforeEach(async () => {
  reviewed = await ReviewedWorld.create();
  ({ world } = reviewed);
  await reviewed.changePolicy({ emergency: { maxDuration: '10m', reviewWithin: '2m' } });
});

holdToQuiet(() => world);

async function storyOf(name: string): Promise<string[]> {
  return story(await world.request(name));
}

describe('an emergency', () => {
  it('is granted at once, loudly, and settled by one review afterwards', async () => {
    await reviewed.asked(EMERGENCY);
    expect((await world.request('one'))?.status).toMatchObject({
      phase: 'Active',
      reviews: { required: 2, approvedBy: [] },
      emergency: { reviewBy: '2026-12-01T09:02:00Z' },
    });
    const name = await reviewed.review(LENA, 'Approve', { comment: 'was needed' });
    expect(await reviewed.told(name)).toBe('accepted: Counted');
    await world.advance(120);
    const request = await world.request('one');
    expect(story(request)).toEqual([
      'Requested',
      'Approved Emergency',
      'EmergencyGranted',
      'AfterReviewed Approve',
      'Expired',
    ]);
    expect(request?.status.emergency).toEqual({ reviewBy: '2026-12-01T09:02:00Z', reviewedBy: 'lena' });
    expect(request?.status.history?.[3]).toMatchObject({ actor: 'lena', message: 'Approve by lena: was needed' });
    const granted = (await world.all(EVENTS)).find((event) => event['reason'] === 'EmergencyGranted');
    expect(granted).toMatchObject({ type: 'Warning' });
  });

  it.each(['Approve', 'Deny'] as const)('ends on time, whoever says %s in that very moment (P2)', async (decision) => {
    await reviewed.asked(EMERGENCY);
    world.writes.length = 0;
    world.clock.step(30_000);
    await reviewed.review(LENA, decision);
    expect(world.writes.filter((write) => !write.endsWith('AccessReview'))[0]).toBe('delete RoleBinding');
    expect((await storyOf('one')).slice(-2)).toEqual(['Expired', `AfterReviewed ${decision}`]);
  });

  it('may be reviewed when it is over, and goes on record when nobody does in time', async () => {
    await reviewed.asked(EMERGENCY);
    await world.advance(130);
    expect((await storyOf('one')).slice(-2)).toEqual(['Expired', 'AfterReviewOverdue']);
    const name = await reviewed.review(SUE);
    expect(await reviewed.told(name)).toBe('accepted: Counted');
    expect((await storyOf('one')).at(-1)).toBe('AfterReviewed Approve');
    expect(await reviewed.told(await reviewed.review(LARS))).toBe('not accepted: RequestEnded');
  });

  it('ends when a reviewer denies it', async () => {
    await reviewed.asked(EMERGENCY);
    const name = await reviewed.review(LENA, 'Deny', { comment: 'not for this' });
    expect(await reviewed.bindings()).toBe(0);
    expect(await reviewed.told(name)).toBe('accepted: Counted');
    expect((await storyOf('one')).slice(-3)).toEqual([
      'Reviewed Deny',
      'Revoked DeniedByReviewer',
      'AfterReviewed Deny',
    ]);
  });

  it('is settled by the reviewer who revokes it, while it lasts or when it is over', async () => {
    await reviewed.asked(EMERGENCY);
    await reviewed.review(SUE, 'Revoke');
    expect((await storyOf('one')).slice(-3)).toEqual([
      'Reviewed Revoke',
      'Revoked RevokedByReviewer',
      'AfterReviewed Revoke',
    ]);
    await world.ask('two', EMERGENCY);
    await world.advance(40);
    expect((await storyOf('two')).at(-1)).toBe('Expired');
    await world.review('two', LENA, 'Revoke');
    await world.advance(1);
    expect((await storyOf('two')).at(-1)).toBe('AfterReviewed Revoke');
  });

  it.each<[string, Identity]>([
    ['whoever asked', ALICE],
    ['whoever asked under another spelling', { username: 'Al\u0131ce', groups: ['security'] }],
  ])('is ended, and not settled, by %s', async (_who, who) => {
    await reviewed.asked(EMERGENCY);
    await reviewed.review(who, 'Revoke');
    expect(await reviewed.phase()).toBe('Revoked');
    expect(await reviewed.told(await reviewed.review(who, 'Deny'))).toBe('not accepted: OwnRequest');
    expect((await world.request('one'))?.status.emergency?.reviewedBy).toBeUndefined();
    await reviewed.review(SUE);
    expect((await storyOf('one')).at(-1)).toBe('AfterReviewed Approve');
  });

  it('is not settled by whoever asked, nor by somebody who has no say', async () => {
    await reviewed.asked(EMERGENCY);
    const own = await reviewed.review({ ...ALICE, groups: ['security'] });
    const other = await reviewed.review({ username: 'mallory' }, 'Deny');
    expect([await reviewed.told(own), await reviewed.told(other)]).toEqual([
      'not accepted: OwnRequest',
      'not accepted: NotAReviewer',
    ]);
    expect(await reviewed.phase()).toBe('Active');
    await world.advance(130);
    expect((await storyOf('one')).at(-1)).toBe('AfterReviewOverdue');
  });

  it('can be reviewed though GitOps has replaced its policy meanwhile', async () => {
    await reviewed.asked(EMERGENCY);
    await world.advance(40);
    await world.remove(ACCESS_POLICIES.resource, 'debug');
    await world.putPolicy('debug', TWO_STAGES);
    await reviewed.review(LENA);
    expect((await storyOf('one')).at(-1)).toBe('AfterReviewed Approve');
  });

  it('may be revoked, denied by a policy, and ends, though nobody can weigh its review', async () => {
    const requesters = [{ kind: 'ServiceAccount', namespace: 'ci', name: 'deployer' }];
    await reviewed.changePolicy({ requesters });
    const requester = { username: 'system:serviceaccount:ci:deployer' };
    world.authorizes = false;
    await reviewed.asked({ ...EMERGENCY, requester, duration: '5m' });
    await reviewed.review(LENA);
    await world.putDeny('freeze');
    await world.advance(1);
    expect((await storyOf('one')).at(-1)).toBe('Revoked DeniedByPolicy');
    world.authorizes = true;
    await world.advance(30);
    expect((await storyOf('one')).at(-1)).toBe('AfterReviewed Approve');
  });

  it('is not denied any more once it was approved, and whoever tries is told', async () => {
    await reviewed.asked({ ...EMERGENCY, duration: '5m' });
    await reviewed.review(LENA);
    expect(await reviewed.told(await reviewed.review(SUE, 'Deny'))).toBe('not accepted: AlreadyGranted');
    expect(await reviewed.bindings()).toBe(1);
  });

  it('is looked at again when the policy that says who may review it is back', async () => {
    await reviewed.asked(EMERGENCY);
    await world.advance(40);
    await reviewed.changePolicy({ approval: { required: null, automatic: true }, emergency: null });
    await reviewed.review(LENA);
    expect((await storyOf('one')).at(-1)).toBe('Expired');
    await reviewed.changePolicy({ approval: { automatic: null, ...TWO_STAGES.approval } });
    await world.advance(1);
    expect((await storyOf('one')).at(-1)).toBe('AfterReviewed Approve');
  });

  it('has its time to be reviewed from when there was access, and says why it was approved', async () => {
    await world.remove(CLUSTER_ROLES, 'logs');
    await reviewed.asked({ ...EMERGENCY, duration: '5m' });
    await world.advance(60);
    await world.put(CLUSTER_ROLES, { metadata: { name: 'logs' }, rules: [] });
    await world.advance(1);
    expect((await world.request('one'))?.status.emergency?.reviewBy).toBe('2026-12-01T09:03:01Z');
    await world.remove(ACCESS_POLICIES.resource, 'debug');
    await world.putPolicy('debug', { ...TWO_STAGES, emergency: { maxDuration: '10m', reviewWithin: '2m' } });
    await world.advance(40);
    const approved = findCondition((await world.request('one'))?.status.conditions, 'Approved');
    expect(approved).toMatchObject({ status: 'True', reason: 'Emergency' });
  });

  it('is capped by a length of its own', async () => {
    await reviewed.asked({ ...EMERGENCY, duration: '11m' });
    expect((await world.request('one'))?.status.history?.at(-1)?.message).toBe(
      'no policy permits this: debug: 11m is longer than its 10m',
    );
  });

  it('lasts no longer than that where it names no length', async () => {
    await reviewed.asked({ ...EMERGENCY, duration: undefined });
    expect((await world.request('one'))?.status.duration).toBe('10m');
  });

  it('is denied where no policy permits one, or nobody could look at it', async () => {
    await reviewed.changePolicy({ emergency: null });
    await reviewed.asked(EMERGENCY);
    expect((await world.request('one'))?.status.history?.at(-1)?.message).toBe(
      'no policy permits this: debug: it permits no emergencies',
    );
  });

  it('is the only one of its person until it is reviewed', async () => {
    await reviewed.asked(EMERGENCY);
    await world.ask('two', EMERGENCY);
    await world.advance(40);
    await world.ask('three', EMERGENCY);
    await world.advance(1);
    expect(await storyOf('two')).toEqual(['Requested', 'Denied EmergencyNotReviewed']);
    expect(await storyOf('three')).toEqual(['Requested', 'Denied EmergencyNotReviewed']);
    await reviewed.review(LENA);
    await world.ask('four', EMERGENCY);
    await world.advance(1);
    expect((await world.request('four'))?.status.phase).toBe('Active');
  });

  it('is the only one though they come by another spelling of their name', async () => {
    await reviewed.changePolicy({
      requesters: [
        { kind: 'User', name: 'alice' },
        { kind: 'User', name: 'Alice' },
      ],
    });
    await reviewed.asked(EMERGENCY);
    await world.ask('two', { ...EMERGENCY, requester: { username: 'Alice' } });
    await world.advance(1);
    expect(await storyOf('two')).toEqual(['Requested', 'Denied EmergencyNotReviewed']);
  });

  it('cannot be deleted out of the way before it is reviewed', async () => {
    await reviewed.asked(EMERGENCY);
    await world.remove(ACCESS_REQUESTS.resource, 'payments/one');
    await world.advance(40);
    expect((await storyOf('one')).at(-1)).toBe('Revoked RequestDeleted');
    await world.ask('two', EMERGENCY);
    await world.advance(1);
    expect(await storyOf('two')).toEqual(['Requested', 'Denied EmergencyNotReviewed']);
    await reviewed.review(LENA);
    await world.advance(40);
    expect(await world.request('one')).toBeUndefined();
  });

  it('ends on time, however long it takes to decide the next one of its person (P2)', async () => {
    await reviewed.asked(EMERGENCY);
    world.client.before = ({ verb, resource }) =>
      verb === 'list' && resource.kind === 'AccessPolicy' ? new Promise(() => undefined) : undefined;
    await world.ask('two', EMERGENCY);
    await world.advance(40);
    expect((await world.request('two'))?.status.phase).toBeUndefined();
    expect((await storyOf('one')).at(-1)).toBe('Expired');
  });

  it('is given to one of two that are decided at the same time, not denied to both', async () => {
    await world.start();
    const { client, clock } = world;
    const ticks = async (many: number) => {
      for (let tick = 0; tick < many; tick++) await settle();
      return undefined;
    };
    client.after = (call) => {
      if (call.verb !== 'patchStatus' || !JSON.stringify(call.body).includes('"phase":"Approved"')) return undefined;
      client.after = undefined;
      // The watch tells of the approval, and of an older one, before the approval's own answer is there.
      clock.step(-1000);
      const asked = world.ask('older', EMERGENCY);
      clock.step(1000);
      client.before = ({ verb }) => (verb === 'list' ? ticks(20) : undefined);
      return asked.then(() => ticks(10));
    };
    await world.ask('younger', EMERGENCY);
    await world.advance(2);
    const phases = [await world.request('older'), await world.request('younger')].map((each) => each?.status.phase);
    expect(new Set(phases)).toEqual(new Set(['Active', 'Denied']));
  });

  it('is one of several at most, in whatever order they arrive and are decided', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(3), { minLength: 2, maxLength: 5 }), async (pauses) => {
        const race = await ReviewedWorld.create();
        await race.changePolicy({ emergency: { maxDuration: '10m', reviewWithin: '2m' } });
        await race.world.start();
        const asks = pauses.map(async (ticks, index) => {
          for (let tick = 0; tick < ticks; tick++) await settle();
          await race.world.ask(`n${index}`, EMERGENCY);
        });
        await Promise.all(asks);
        await race.world.advance(2);
        const requests = await Promise.all(pauses.map((_, index) => race.world.request(`n${index}`)));
        const granted = requests.filter((request) => request?.status.grantedAt !== undefined);
        expect(granted.length).toBeLessThanOrEqual(1);
        expect(requests.filter((request) => request && hasEnded(request))).toHaveLength(pauses.length - granted.length);
        await race.world.kill();
      }),
      { numRuns: 50 },
    );
  });
});
