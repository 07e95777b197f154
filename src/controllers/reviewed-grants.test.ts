import { beforeEach, describe, expect, it } from 'vitest';
import { ACCESS_POLICIES } from '../api/access-policy.ts';
import { ACCESS_REVIEWS } from '../api/access-review.ts';
import type { Identity } from '../api/identity.ts';
import { ROLE_BINDINGS } from '../api/kubernetes.ts';
import { ALICE, LARS, LENA, ReviewedWorld, SUE, TWO_STAGES } from './test-reviews.ts';
import { holdToQuiet } from './test-quiet.ts';
import { story, type World } from './test-world.ts';

let reviewed: ReviewedWorld;
let world: World;

beforeEach(async () => {
  reviewed = await ReviewedWorld.create();
  ({ world } = reviewed);
});

holdToQuiet(() => world);

describe('a grant', () => {
  it.each<[string, Identity, string]>([
    ['a reviewer', LARS, 'Revoked RevokedByReviewer'],
    ['whoever asked for it', ALICE, 'Revoked RevokedByRequester'],
  ])('is revoked by %s', async (_what, who, last) => {
    await reviewed.granted();
    const name = await world.review('one', who, 'Revoke');
    await world.settle();
    expect(await reviewed.bindings()).toBe(0);
    expect(story(await world.request('one')).slice(-2)).toEqual(['Reviewed Revoke', last]);
    expect(await reviewed.told(name)).toBe('accepted: Counted');
  });

  it('is not revoked by anybody else, nor by a Deny that comes late', async () => {
    await reviewed.granted();
    expect(await reviewed.told(await reviewed.review({ username: 'mallory' }, 'Revoke'))).toBe(
      'not accepted: NotAReviewer',
    );
    expect(await reviewed.told(await reviewed.review(LARS, 'Deny'))).toBe('not accepted: AlreadyGranted');
    expect(await reviewed.bindings()).toBe(1);
  });

  it('goes on though its reviews are gone: they were given', async () => {
    await reviewed.granted();
    await world.remove(ACCESS_REVIEWS.resource, 'payments/one-0');
    await world.advance(60);
    expect(await reviewed.bindings()).toBe(1);
  });

  it('goes on when its policy is edited and asks for no more, on record, and does not depend on the reviews after that', async () => {
    await reviewed.granted();
    await reviewed.changePolicy({ description: 'the same' });
    await world.advance(1);
    expect(story(await world.request('one')).at(-1)).toBe('Approved PolicyEdited');
    expect((await world.request('one'))?.status.policy?.generation).toBe(4);
    await world.remove(ACCESS_REVIEWS.resource, 'payments/one-0');
    await world.advance(60);
    expect(await reviewed.bindings()).toBe(1);
  });

  it('goes on when its policy asks for more, and gets it in time', async () => {
    await reviewed.granted();
    const required = [...TWO_STAGES.approval.required, { reviewers: [{ kind: 'User', name: 'ciso' }], count: 1 }];
    await reviewed.changePolicy({ approval: { required } });
    await world.advance(5);
    await reviewed.review({ username: 'ciso' });
    await world.advance(60);
    const request = await world.request('one');
    expect(story(request).slice(-2)).toEqual(['Reviewed Approve', 'Approved PolicyEdited']);
    expect(request?.status.reviews).toEqual({ required: 3, approvedBy: ['lena', 'sue', 'ciso'] });
    expect(await reviewed.bindings()).toBe(1);
  });

  it('tells whoever approves it twice that once was enough', async () => {
    await reviewed.granted();
    const again = await reviewed.review({ ...LENA, groups: ['payments-leads', 'security'] });
    expect(await reviewed.told(again)).toBe('not accepted: SamePerson');
    expect(await reviewed.told('one-0')).toBe('accepted: Counted');
    await reviewed.review(ALICE, 'Revoke');
    expect(await reviewed.told(await reviewed.review(LENA))).toBe('not accepted: RequestEnded');
    expect(await reviewed.told('one-0')).toBe('accepted: Counted');
  });

  it('tells whoever approves it late that nothing more is needed, and leaves alone what counted', async () => {
    await reviewed.granted();
    const late = await reviewed.review(LARS);
    expect(await reviewed.told(late)).toBe('not accepted: NotNeeded');
    await world.remove(ACCESS_POLICIES.resource, 'debug');
    await world.advance(5);
    expect(await reviewed.told('one-0')).toBe('accepted: Counted');
    await world.advance(40);
    expect(await reviewed.told('one-0')).toBe('accepted: Counted');
  });

  it('ends when its policy asks for more than was given', async () => {
    await reviewed.granted();
    const required = [...TWO_STAGES.approval.required, { reviewers: [{ kind: 'User', name: 'ciso' }], count: 1 }];
    await reviewed.changePolicy({ approval: { required } });
    await world.advance(32);
    expect(await reviewed.bindings()).toBe(0);
    expect(story(await world.request('one')).at(-1)).toBe('Revoked PolicyChanged');
  });

  it('does not go on under a policy whose approvals it does not have', async () => {
    await reviewed.granted();
    const ciso = { approval: { required: [{ reviewers: [{ kind: 'User', name: 'ciso' }], count: 1 }] } };
    await world.putPolicy('other', ciso);
    await world.remove(ACCESS_POLICIES.resource, 'debug');
    await world.advance(32);
    expect(story(await world.request('one')).at(-1)).toBe('Revoked PolicyChanged');
  });
});

describe('a service account reviews', () => {
  const ROBOT: Identity = { username: 'system:serviceaccount:ci:robot' };

  const ROBOT_REF = { kind: 'ServiceAccount', namespace: 'ci', name: 'robot' };
  const SECURITY = { kind: 'Group', name: 'security' };

  beforeEach(async () => {
    await reviewed.changePolicy({ approval: { required: [{ reviewers: [ROBOT_REF], count: 1 }] } });
  });

  it('and counts where whoever asks could not act as it', async () => {
    await reviewed.asked();
    await reviewed.review(ROBOT);
    expect(await reviewed.phase()).toBe('Active');
  });

  it('and does not for another service account: one person may stand behind both', async () => {
    const requester = { username: 'system:serviceaccount:ci:deployer' };
    await reviewed.changePolicy({ requesters: [{ kind: 'ServiceAccount', namespace: 'ci', name: 'deployer' }] });
    await reviewed.asked({ requester });
    expect(story(await world.request('one'))).toEqual(['Requested', 'Denied NoReviewers']);
  });

  it('and does not, though people may review as well', async () => {
    const requester = { username: 'system:serviceaccount:ci:deployer' };
    await reviewed.changePolicy({
      requesters: [{ kind: 'ServiceAccount', namespace: 'ci', name: 'deployer' }],
      approval: { required: [{ reviewers: [ROBOT_REF, SECURITY], count: 1 }] },
    });
    await reviewed.asked({ requester });
    expect(await reviewed.told(await reviewed.review(ROBOT))).toBe('not accepted: CouldActAsRequester');
    expect(await reviewed.phase()).toBe('Pending');
  });

  it('and does not where they could', async () => {
    world.powerful.add('alice');
    await reviewed.asked();
    expect(await reviewed.told(await reviewed.review(ROBOT))).toBe('not accepted: CouldActAsRequester');
    expect(await reviewed.phase()).toBe('Pending');
  });

  describe('beside people', () => {
    beforeEach(async () => {
      const required = [
        { reviewers: [SECURITY], count: 1 },
        { reviewers: [ROBOT_REF, { kind: 'Group', name: 'payments-leads' }], count: 1 },
      ];
      await reviewed.changePolicy({ approval: { required } });
    });

    it('who could not act as it', async () => {
      await reviewed.asked();
      await reviewed.review(SUE);
      await reviewed.review(ROBOT);
      expect(await reviewed.phase()).toBe('Active');
      expect((await world.request('one'))?.status.reviews?.approvedBy).toEqual(['sue', ROBOT.username]);
    });

    it.each([
      ['somebody and then as the service account', SUE, ROBOT],
      ['the service account and then as somebody', ROBOT, SUE],
    ])('and fills no place for whoever came as %s', async (_what, first, second) => {
      world.powerful.add('sue');
      await reviewed.asked();
      const names = [await reviewed.review(first), await reviewed.review(second)];
      expect(await Promise.all(names.map((name) => reviewed.told(name)))).toEqual([
        'accepted: Counted',
        'not accepted: CouldActAsReviewer',
      ]);
      expect(await reviewed.phase()).toBe('Pending');
      await reviewed.review(LENA);
      expect(await reviewed.phase()).toBe('Active');
      expect((await world.request('one'))?.status.reviews?.approvedBy).toEqual(['sue', 'lena']);
    });

    it('and fills none while nobody can say who could act as it', async () => {
      world.authorizes = false;
      await reviewed.asked();
      await reviewed.review(SUE);
      const name = await reviewed.review(ROBOT);
      expect([await reviewed.phase(), await reviewed.told(name)]).toEqual(['Pending', undefined]);
      world.authorizes = true;
      await world.advance(30);
      expect([await reviewed.phase(), await reviewed.told(name)]).toEqual(['Active', 'accepted: Counted']);
    });
  });
});

describe('a service account asks', () => {
  const PIPELINE: Identity = { username: 'system:serviceaccount:ci:deployer', groups: ['system:authenticated'] };

  beforeEach(async () => {
    const requesters = [{ kind: 'ServiceAccount', namespace: 'ci', name: 'deployer' }];
    await reviewed.changePolicy({ requesters });
  });

  it('and people approve who could not act as it', async () => {
    await reviewed.asked({ requester: PIPELINE });
    await reviewed.review(LENA);
    await reviewed.review(SUE);
    expect(await reviewed.phase()).toBe('Active');
  });

  it('and whoever could act as it does not count', async () => {
    world.powerful.add('lena');
    await reviewed.asked({ requester: PIPELINE });
    const name = await reviewed.review(LENA);
    await reviewed.review(SUE);
    expect(await reviewed.told(name)).toBe('not accepted: CouldActAsRequester');
    expect(await reviewed.phase()).toBe('Pending');
    await reviewed.review(LARS);
    expect(await reviewed.phase()).toBe('Active');
  });

  it('and late approvals are told that they are, unasked', async () => {
    await reviewed.asked({ requester: PIPELINE });
    await reviewed.review(LENA);
    await reviewed.review(SUE);
    await world.advance(70);
    expect(await reviewed.told(await reviewed.review(LARS))).toBe('not accepted: NotNeeded');
    expect(await reviewed.told('one-0')).toBe('accepted: Counted');
  });

  it('and does not wait for ever where nobody can say who could act as it', async () => {
    await reviewed.changePolicy({ approval: { deadline: '2m' } });
    world.authorizes = false;
    await reviewed.asked({ requester: PIPELINE });
    await reviewed.review(LENA);
    await world.advance(130);
    expect(story(await world.request('one')).at(-1)).toBe('Lapsed NotApproved');
  });

  it('and whoever could by the time of granting does not count any more', async () => {
    await reviewed.asked({ requester: PIPELINE, startTime: '2026-12-01T09:10:00Z' });
    await reviewed.review(LENA);
    await reviewed.review(SUE);
    expect(await reviewed.phase()).toBe('Approved');
    world.powerful.add('sue');
    await world.advance(600);
    expect(await reviewed.phase()).toBe('Pending');
    expect(await reviewed.bindings()).toBe(0);
  });
});

describe('a person asks for a service account', () => {
  const deployer = { kind: 'ServiceAccount', namespace: 'ci', name: 'deployer' };

  it('and is denied where the policy does not let them', async () => {
    await reviewed.asked({ subject: deployer });
    expect(story(await world.request('one'))).toEqual(['Requested', 'Denied NoPolicyPermits']);
  });

  it('and it has access, if people agree who could not act as it', async () => {
    await reviewed.changePolicy({ onBehalfOf: [deployer] });
    world.powerful.add('lena');
    await reviewed.asked({ subject: deployer });
    const name = await reviewed.review(LENA);
    await reviewed.review(SUE);
    expect(await reviewed.told(name)).toBe('not accepted: CouldActAsRequester');
    await reviewed.review(LARS);
    expect(await world.all(ROLE_BINDINGS)).toMatchObject([{ subjects: [deployer] }]);
    expect((await world.request('one'))?.status.history?.[0]?.message).toBe(
      'logs to ServiceAccount ci/deployer for 5m',
    );
  });

  it('and is denied what a Deny does not let it have', async () => {
    await reviewed.changePolicy({ onBehalfOf: [deployer] });
    await world.putDeny('no-pipelines', { requesters: [deployer] });
    await reviewed.asked({ subject: deployer });
    expect(story(await world.request('one'))).toEqual(['Requested', 'Denied DeniedByPolicy']);
  });

  it('and the operator itself is never given anything', async () => {
    const operator = { kind: 'ServiceAccount', namespace: 'daypass-system', name: 'daypass-operator' };
    await reviewed.changePolicy({ onBehalfOf: [operator] });
    await reviewed.asked({ subject: operator });
    expect(story(await world.request('one'))).toEqual(['Requested', 'Denied SystemAccount']);
  });
});

it('an automatic approval asks nobody, and says so to whoever approves', async () => {
  await reviewed.changePolicy({ approval: { required: null, automatic: true } });
  await reviewed.asked();
  expect(await reviewed.told(await reviewed.review(LENA))).toBe('not accepted: NoReviewAsked');
});
