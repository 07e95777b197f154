import { beforeEach, describe, expect, it } from 'vitest';
import type { Identity } from '../api/identity.ts';
import { ACCESS_REVIEWS } from '../api/access-review.ts';
import { holdToQuiet } from './test-quiet.ts';
import { BEA, LARS, LENA, ReviewedWorld, SUE } from './test-reviews.ts';
import { story, type World } from './test-world.ts';

const MALLORY: Identity = { username: 'mallory', groups: ['developers'] };
const MANY = 50;

let reviewed: ReviewedWorld;
let world: World;

beforeEach(async () => {
  reviewed = await ReviewedWorld.create();
  ({ world } = reviewed);
});

holdToQuiet(() => world);

/** As many reviews of the request `one`, all the same, by one person. */
async function flood(who: Identity, decision: 'Approve' | 'Deny' | 'Revoke'): Promise<string[]> {
  const names = [];
  for (let n = 0; n < MANY; n++) names.push(await world.review('one', who, decision));
  await world.advance(1);
  return names;
}

describe('when one person floods a request with reviews', () => {
  it.each(['Approve', 'Deny', 'Revoke'] as const)(
    'that say %s, the first is weighed and the others say so',
    async (decision) => {
      await reviewed.asked();
      const told = await Promise.all((await flood(MALLORY, decision)).map((name) => reviewed.told(name)));
      expect(told.filter((each) => each === 'not accepted: NotAReviewer')).toHaveLength(1);
      expect(told.filter((each) => each === 'not accepted: Repeated')).toHaveLength(MANY - 1);
    },
  );

  it('each costs its two writes, and what has been told is not written again', async () => {
    await reviewed.asked();
    world.writes.length = 0;
    await flood(MALLORY, 'Approve');
    await world.advance(120);
    expect(world.writes.filter((write) => write === 'patch AccessReview')).toHaveLength(MANY);
    expect(world.writes.filter((write) => write === 'patchStatus AccessReview')).toHaveLength(MANY);
  });

  it('nobody else is silenced: the approvals of others count, and so do their Deny and Revoke', async () => {
    await reviewed.asked();
    await flood(MALLORY, 'Deny');
    expect(await reviewed.told(await reviewed.review(LENA))).toBe('accepted: Counted');
    await reviewed.review(SUE);
    expect(await reviewed.phase()).toBe('Active');
    await flood(MALLORY, 'Approve');
    await reviewed.review(LARS, 'Revoke');
    expect(story(await world.request('one')).at(-1)).toBe('Revoked RevokedByReviewer');
  });

  it.each(['Deny', 'Revoke'] as const)('a %s of their own is obeyed, whatever they said before', async (decision) => {
    await reviewed.asked();
    await flood(LENA, 'Approve');
    await flood({ ...LENA, groups: [] }, decision);
    expect(await reviewed.phase()).toBe('Pending');
    await reviewed.review(LENA, decision);
    expect(await reviewed.phase()).toBe(decision === 'Deny' ? 'Denied' : 'Revoked');
  });

  it('an approval counts from a group that they have joined since', async () => {
    await reviewed.asked();
    await flood({ ...BEA, groups: [] }, 'Approve');
    expect(await reviewed.told(await reviewed.review(BEA))).toBe('accepted: Counted');
  });

  it('a credential for each review makes no difference', async () => {
    await reviewed.asked();
    const logins = ['JTI=1', 'JTI=2'].map((id) => ({ 'authentication.kubernetes.io/credential-id': [id] }));
    const names = [];
    for (const extra of logins) names.push(await reviewed.review({ ...BEA, extra }));
    const told = await Promise.all(names.map((name) => reviewed.told(name)));
    expect(told).toEqual(['accepted: Counted', 'not accepted: Repeated']);
  });

  it('the next one speaks when the first is taken back', async () => {
    await reviewed.asked();
    const [first, second] = [await reviewed.review(LENA), await reviewed.review(LENA)];
    await world.remove(ACCESS_REVIEWS.resource, `payments/${first}`);
    await world.advance(1);
    expect(await reviewed.told(second)).toBe('accepted: Counted');
    expect((await world.request('one'))?.status.reviews?.approvedBy).toEqual(['lena']);
  });
});

describe('a review that names no request', () => {
  const names: readonly (readonly [string, () => Promise<object>])[] = [
    ['by this uid', async () => ({ name: 'one', uid: 'another' })],
    ['by this name', async () => ({ name: 'two', uid: (await world.request('one'))?.metadata.uid })],
  ];

  it.each(names)('%s is told so, and goes after an hour', async (_what, named) => {
    await reviewed.asked();
    const name = await reviewed.review(LENA, 'Approve', { request: await named() });
    await world.clock.advance(3_590_000);
    await world.advance(5);
    expect(await reviewed.told(name)).toBe('not accepted: NoSuchRequest');
    await world.advance(10);
    expect(await world.reviewed(name)).toBeUndefined();
  });

  it('yet belongs to it when that appears, and stays', async () => {
    await reviewed.asked();
    const name = await reviewed.review(LENA);
    await world.clock.advance(3_600_000);
    await world.advance(10);
    expect((await world.reviewed(name))?.metadata.ownerReferences).toHaveLength(1);
  });
});
