import { beforeEach, describe, expect, it } from 'vitest';
import { ACCESS_POLICIES } from '../api/access-policy.ts';
import { ACCESS_REQUESTS } from '../api/access-request.ts';
import { ACCESS_REVIEWS } from '../api/access-review.ts';
import { findCondition } from '../api/condition.ts';
import type { Identity } from '../api/identity.ts';
import { ROLE_BINDINGS } from '../api/kubernetes.ts';
import { ALICE, BEA, LARS, LENA, ReviewedWorld, SUE, TWO_STAGES } from './test-reviews.ts';
import { holdToQuiet } from './test-quiet.ts';
import { story, type World } from './test-world.ts';

let reviewed: ReviewedWorld;
let world: World;

beforeEach(async () => {
  reviewed = await ReviewedWorld.create();
  ({ world } = reviewed);
});

holdToQuiet(() => world);

describe('a request that needs two approvals', () => {
  it('waits, says for whom, and is granted when both are there', async () => {
    await reviewed.asked();
    const waiting = await world.request('one');
    expect(waiting?.status).toMatchObject({ phase: 'Pending', reviews: { required: 2, approvedBy: [] } });
    expect(findCondition(waiting?.status.conditions, 'Approved')).toMatchObject({
      status: 'False',
      reason: 'ReviewsMissing',
      message: 'policy debug: 0 of 2 approvals; still to come: 1 of Group payments-leads; 1 of Group security',
    });
    const first = await reviewed.review(LENA, 'Approve', { comment: 'INC-1' });
    expect(await reviewed.phase()).toBe('Pending');
    expect(await reviewed.bindings()).toBe(0);
    const second = await reviewed.review(SUE);
    const active = await world.request('one');
    expect(active?.status).toMatchObject({ phase: 'Active', reviews: { required: 2, approvedBy: ['lena', 'sue'] } });
    expect(story(active)).toEqual([
      'Requested',
      'Reviewed Approve',
      'Reviewed Approve',
      'Approved Reviewed',
      'Granted',
    ]);
    expect(active?.status.history?.[1]).toMatchObject({ actor: 'lena', message: 'Approve by lena: INC-1' });
    expect([await reviewed.told(first), await reviewed.told(second)]).toEqual([
      'accepted: Counted',
      'accepted: Counted',
    ]);
    const [binding] = await world.all(ROLE_BINDINGS);
    expect(binding?.metadata.annotations).toMatchObject({ 'daypass.dev/approved-by': 'lena,sue' });
  });

  it.each<[string, Identity, string]>([
    ["the requester's own", { ...ALICE, groups: ['payments-leads', 'security'] }, 'OwnRequest'],
    ["the requester's own, from another group of theirs and in capitals", { ...BEA, username: 'ALICE' }, 'OwnRequest'],
    ['in letters that only look wider', { ...BEA, username: 'ａｌｉｃｅ' }, 'OwnRequest'],
    ['of somebody the policy does not name', { username: 'mallory', groups: ['developers'] }, 'NotAReviewer'],
    ['of nobody in particular', { username: 'mallory' }, 'NotAReviewer'],
    [
      'of a service account in the group',
      { username: 'system:serviceaccount:x:y', groups: ['security'] },
      'NotAReviewer',
    ],
    ['of an account of the system', { username: 'system:admin', groups: ['security'] }, 'NotAReviewer'],
  ])('does not count the approval %s', async (_what, who, reason) => {
    await reviewed.asked();
    const name = await reviewed.review(who);
    expect(await reviewed.told(name)).toBe(`not accepted: ${reason}`);
    await reviewed.review(LENA);
    expect(await reviewed.phase()).toBe('Pending');
  });

  it('counts one person once, though they could fill both places', async () => {
    await reviewed.asked();
    const [first, again] = [await reviewed.review(BEA), await reviewed.review(BEA)];
    expect([await reviewed.told(first), await reviewed.told(again)]).toEqual([
      'accepted: Counted',
      'not accepted: Repeated',
    ]);
    expect(await reviewed.phase()).toBe('Pending');
  });

  it('moves a person to the other place if that makes room', async () => {
    await reviewed.asked();
    await reviewed.review(BEA);
    await reviewed.review(LENA);
    expect(await reviewed.phase()).toBe('Active');
  });

  it('tells whoever comes third that nothing more is needed', async () => {
    await reviewed.asked({ startTime: '2026-12-01T10:00:00Z' });
    await reviewed.review(LENA);
    const late = await reviewed.review(LARS);
    expect(await reviewed.told(late)).toBe('not accepted: NotNeeded');
    await reviewed.review(SUE);
    expect(await reviewed.phase()).toBe('Approved');
  });

  it.each(['NoSuchUid', 'wrong name'])('is not moved by a review of another request: %s', async (what) => {
    await reviewed.asked();
    const uid = (await world.request('one'))?.metadata.uid;
    const request = what === 'NoSuchUid' ? { name: 'one', uid: 'another' } : { name: 'two', uid };
    const names = [
      await reviewed.review(LENA, 'Approve', { request }),
      await reviewed.review(SUE, 'Revoke', { request }),
    ];
    for (const name of names) expect(await reviewed.told(name)).toBe('not accepted: NoSuchRequest');
    expect(await reviewed.phase()).toBe('Pending');
  });

  it('is not moved by what was said of a request of the same name before it', async () => {
    await reviewed.asked();
    await reviewed.review(LENA);
    const before = await world.reviewed('one-0');
    await world.remove(ACCESS_REQUESTS.resource, 'payments/one');
    await world.ask('one', { duration: '5m' });
    await world.advance(1);
    await reviewed.review(SUE);
    expect((await world.request('one'))?.status).toMatchObject({ phase: 'Pending', reviews: { approvedBy: ['sue'] } });
    expect(before?.metadata.ownerReferences).toHaveLength(1);
  });

  it('is denied for good by one reviewer', async () => {
    await reviewed.asked();
    await reviewed.review(LENA);
    const name = await reviewed.review(SUE, 'Deny', { comment: 'not today' });
    const denied = await world.request('one');
    expect(story(denied)).toEqual(['Requested', 'Reviewed Approve', 'Reviewed Deny', 'Denied DeniedByReviewer']);
    expect(denied?.status).toMatchObject({ reviews: { approvedBy: ['lena'], deniedBy: 'sue' } });
    expect(findCondition(denied?.status.conditions, 'Ended')?.message).toBe('denied by sue: not today');
    expect(await reviewed.told(name)).toBe('accepted: Counted');
    expect(await reviewed.told(await reviewed.review(LARS))).toBe('not accepted: RequestEnded');
  });

  it('is not denied by somebody who has no say, or by its requester', async () => {
    await reviewed.asked();
    expect(await reviewed.told(await reviewed.review({ username: 'mallory' }, 'Deny'))).toBe(
      'not accepted: NotAReviewer',
    );
    expect(await reviewed.told(await reviewed.review(ALICE, 'Deny'))).toBe('not accepted: OwnRequest');
    expect(await reviewed.phase()).toBe('Pending');
  });

  it('loses an approval that is taken back before it is granted', async () => {
    await reviewed.asked({ startTime: '2026-12-01T09:10:00Z' });
    const first = await reviewed.review(LENA);
    await reviewed.review(SUE);
    expect(await reviewed.phase()).toBe('Approved');
    await world.remove(ACCESS_REVIEWS.resource, `payments/${first}`);
    await world.advance(600);
    expect(await reviewed.phase()).toBe('Pending');
    expect(await reviewed.bindings()).toBe(0);
    expect(story(await world.request('one')).slice(-2)).toEqual(['Reviewed Withdrawn', 'Reviewed ReviewsMissing']);
    await reviewed.review(LARS);
    expect(await reviewed.phase()).toBe('Active');
  });

  it('shows at once that an approval was taken back, and counts another in its place', async () => {
    await reviewed.asked();
    const first = await reviewed.review(LENA);
    const second = await reviewed.review(LARS);
    expect(await reviewed.told(second)).toBe('not accepted: NotNeeded');
    await world.remove(ACCESS_REVIEWS.resource, `payments/${first}`);
    await world.settle();
    expect((await world.request('one'))?.status.reviews?.approvedBy).toEqual(['lars']);
    expect(await reviewed.told(second)).toBe('accepted: Counted');
  });

  it('writes a long list of reviewers once', async () => {
    const reviewers = Array.from({ length: 4 }, (_, n) => ({ kind: 'Group', name: `${n}`.repeat(400) }));
    await reviewed.changePolicy({ approval: { required: [{ reviewers, count: 1 }] } });
    await reviewed.asked();
    const writes = world.writes.filter((write) => write === 'patchStatus AccessRequest').length;
    await world.advance(60);
    expect(world.writes.filter((write) => write === 'patchStatus AccessRequest')).toHaveLength(writes);
  });

  it('is judged by who may review at the moment of granting', async () => {
    await reviewed.asked({ startTime: '2026-12-01T09:10:00Z' });
    await reviewed.review(LENA);
    await reviewed.review(SUE);
    const [leads] = TWO_STAGES.approval.required;
    const ciso = { reviewers: [{ kind: 'User', name: 'ciso' }], count: 1 };
    await reviewed.changePolicy({ approval: { required: [leads, ciso] } });
    await world.advance(600);
    expect(await reviewed.phase()).toBe('Pending');
    expect(await reviewed.bindings()).toBe(0);
    expect(story(await world.request('one')).slice(-2)).toEqual(['Reviewed Withdrawn', 'Reviewed ReviewsMissing']);
  });

  it('lapses when nobody agrees in time', async () => {
    await reviewed.changePolicy({ approval: { deadline: '2m' } });
    await reviewed.asked();
    await reviewed.review(LENA);
    await world.advance(120);
    expect(story(await world.request('one')).at(-1)).toBe('Lapsed NotApproved');
  });

  it('is denied at once where nobody could ever agree', async () => {
    const required = [
      {
        reviewers: [
          { kind: 'User', name: 'alice' },
          { kind: 'User', name: 'lena' },
        ],
        count: 2,
      },
    ];
    await reviewed.changePolicy({ approval: { required } });
    await reviewed.asked();
    expect(story(await world.request('one'))).toEqual(['Requested', 'Denied NoReviewers']);
  });

  it('outlives the moment in which GitOps replaces its policy', async () => {
    await reviewed.asked();
    await reviewed.review(LENA);
    await world.remove(ACCESS_POLICIES.resource, 'debug');
    await world.advance(20);
    expect(await reviewed.phase()).toBe('Pending');
    await world.putPolicy('debug', TWO_STAGES);
    await world.advance(1);
    await reviewed.review(SUE);
    expect(await reviewed.phase()).toBe('Active');
  });

  it('is denied when its policy stays away', async () => {
    await reviewed.asked();
    await world.remove(ACCESS_POLICIES.resource, 'debug');
    await world.advance(32);
    expect(story(await world.request('one'))).toEqual(['Requested', 'Denied NoPolicyPermits']);
  });
});
