import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ReviewDecision } from '../../src/api/access-review.ts';
import { ALICE, LARS, LENA, ReviewedWorld, SUE } from '../../src/controllers/test-reviews.ts';
import { explainStanding } from '../../src/policy/explain-review.ts';
import type { Standing } from '../../src/policy/standing.ts';
import { codesIn, readText, rowsOf } from './page.ts';

const PAGE = 'docs/access-review.md';
/** What becomes of a review by itself, in the order in which it is looked at; `NotCheckedYet` is told to nobody. */
const STANDINGS = [
  'OwnRequest',
  'NoReviewAsked',
  'NotAReviewer',
  'UnknownPerson',
  'CouldActAsRequester',
  'SamePerson',
  'CouldActAsReviewer',
  'NotNeeded',
  'Counted',
] as const satisfies readonly Exclude<Standing, 'NotCheckedYet'>[];

/** Reason, whether it is accepted, and the messages that there are. */
const documented = rowsOf(PAGE, 'Reasons').map(([reason, accepted, message]) => {
  return { reason: codesIn(reason)[0] ?? '', accepted, messages: codesIn(message) };
});
const namedByRequest = documented.filter(({ reason }) => !STANDINGS.some((standing) => standing === reason));

describe('docs/access-review.md', () => {
  it('explains every reason that a reviewer can be told, and no other', () => {
    const code = readText('src/controllers/access-review/standing.ts');
    const told = Array.from(code.matchAll(/told\('(\w+)'/g), ([, reason = '']) => reason);
    expect(documented.map(({ reason }) => reason)).toEqual([...new Set(told), ...STANDINGS]);
  });

  it.each(STANDINGS)('gives %s the words of the code', (standing) => {
    const words = ReviewDecision.options.map((decision) => explainStanding(standing, decision));
    const row = documented.find(({ reason }) => reason === standing);
    expect(row?.messages).toEqual([...new Set(words)]);
    expect(row?.accepted).toBe(standing === 'Counted' ? 'yes' : 'no');
  });

  it.each(namedByRequest)('gives $reason the words of the code', ({ reason, accepted, messages }) => {
    const code = readText('src/controllers/access-review/standing.ts').replaceAll(/\$\{[^}]*\}/g, '…');
    const words = Array.from(code.matchAll(/told\('(\w+)', ['`]([^'`]+)['`]\)/g));
    expect(messages).toEqual(words.filter(([, told]) => told === reason).map(([, , message]) => message));
    expect(accepted).toBe('no');
  });
});

describe('what docs/access-review.md and docs/access-policy.md claim', () => {
  let reviewed: ReviewedWorld;

  beforeEach(async () => {
    reviewed = await ReviewedWorld.create();
  });

  afterEach(async () => {
    await reviewed.world.kill();
  });

  it('a Deny goes before an approval that completes what is asked for', async () => {
    await reviewed.asked();
    await reviewed.review(LENA);
    await reviewed.world.review('one', SUE, 'Approve');
    await reviewed.world.review('one', LARS, 'Deny');
    await reviewed.world.advance(1);
    expect(await reviewed.phase()).toBe('Denied');
  });

  it('a Deny denies what has been approved, as long as it has not begun', async () => {
    await reviewed.asked({ startTime: '2026-12-01T09:10:00Z' });
    await reviewed.review(LENA);
    await reviewed.review(SUE);
    expect(await reviewed.phase()).toBe('Approved');
    await reviewed.review(LARS, 'Deny');
    expect(await reviewed.phase()).toBe('Denied');
  });

  it.each([
    ['a reviewer', LENA],
    ['its requester', ALICE],
  ])('a Revoke by %s takes a request back that has not begun', async (_who, who) => {
    await reviewed.asked();
    await reviewed.review(who, 'Revoke');
    expect(await reviewed.phase()).toBe('Revoked');
  });

  it('where approval is automatic the requester alone revokes by a review', async () => {
    await reviewed.changePolicy({ approval: { required: null, automatic: true } });
    await reviewed.asked();
    expect(await reviewed.told(await reviewed.review(LENA, 'Revoke'))).toBe('not accepted: NoReviewAsked');
    expect(await reviewed.phase()).toBe('Active');
    await reviewed.review(ALICE, 'Revoke');
    expect(await reviewed.phase()).toBe('Revoked');
  });

  it('the deadline counts from the creation, even if the request is for later', async () => {
    await reviewed.changePolicy({ approval: { deadline: '2m' } });
    await reviewed.asked({ startTime: '2026-12-01T10:00:00Z' });
    await reviewed.world.advance(118);
    expect(await reviewed.phase()).toBe('Pending');
    await reviewed.world.advance(2);
    expect(await reviewed.phase()).toBe('Lapsed');
  });

  it('a pending request is decided by the policy that decides now, which may be automatic', async () => {
    await reviewed.asked();
    await reviewed.world.putPolicy('automatic', {});
    await reviewed.world.advance(1);
    expect(await reviewed.phase()).toBe('Pending');
    await reviewed.world.putPolicy('automatic-by-priority', { priority: 1 });
    await reviewed.world.advance(1);
    expect(await reviewed.phase()).toBe('Active');
  });

  it('a grant goes on under its policy, though a stricter one would decide today', async () => {
    await reviewed.granted();
    const required = [{ reviewers: [{ kind: 'Group', name: 'leads' }], count: 3 }];
    await reviewed.world.putPolicy('stricter', { approval: { required } });
    await reviewed.world.advance(40);
    expect(await reviewed.phase()).toBe('Active');
  });
});
