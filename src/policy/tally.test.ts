import { describe, expect, it } from 'vitest';
import type { Approval } from '../api/access-policy.ts';
import { type AccessReview, readAccessReview } from '../api/access-review.ts';
import type { Identity } from '../api/identity.ts';
import { type Ballot, canBeFulfilled, tally } from './tally.ts';

const ADA: Identity = { username: 'ada', uid: '1' };
const BALLOT: Ballot = {
  requester: ADA,
  subject: { kind: 'User', name: 'ada' },
  reviews: [],
  claim: 'username',
  couldActAs: () => false,
};
const LEADS: Approval = { required: [{ reviewers: [{ kind: 'Group', name: 'leads' }], count: 2 }] };

function review(name: string, reviewer: Identity, second = 0): AccessReview {
  const creationTimestamp = `2026-12-01T09:00:0${second}Z`;
  const metadata = { name, uid: name, namespace: 'payments', resourceVersion: '1', creationTimestamp };
  const read = readAccessReview({
    metadata,
    spec: { request: { name: 'r', uid: 'u' }, decision: 'Approve', reviewer },
  });
  if ('unreadable' in read) throw new TypeError(read.unreadable);
  return read;
}

function count(reviews: readonly AccessReview[], change: Partial<Ballot> = {}) {
  const result = tally(LEADS, { ...BALLOT, reviews, ...change });
  return [...result.standings].map(([name, standing]) => `${name} ${standing}`).toSorted((a, b) => (a < b ? -1 : 1));
}

const lead = (username: string, uid?: string): Identity => {
  return { username, groups: ['leads'], ...(uid === undefined ? {} : { uid }) };
};

it('counts in the order in which reviews were given, however they are listed', () => {
  const reviews = [review('c', lead('3'), 3), review('b', lead('2'), 2), review('a', lead('1'), 1)];
  expect(count(reviews)).toEqual(['a Counted', 'b Counted', 'c NotNeeded']);
});

describe('where people are told apart by uid', () => {
  it('one person with two usernames counts once', () => {
    const reviews = [review('a', lead('lena', '7'), 1), review('b', lead('lena-admin', '7'), 2)];
    expect(count(reviews, { claim: 'uid' })).toEqual(['a Counted', 'b SamePerson']);
    expect(count(reviews)).toEqual(['a Counted', 'b Counted']);
  });

  it('one username counts once, whatever comes with it', () => {
    const reviews = [review('a', lead('lena', '7'), 1), review('b', lead('lena', '8'), 2)];
    expect(count(reviews, { claim: 'uid' })).toEqual(['a Counted', 'b SamePerson']);
  });

  it('accounts that turn out to be one person count once', () => {
    const reviews = [
      review('a', lead('lena', '7'), 1),
      review('b', lead('lara', '8'), 2),
      review('c', lead('lara', '7'), 3),
    ];
    expect(count(reviews, { claim: 'uid' })).toEqual(['a Counted', 'b SamePerson', 'c SamePerson']);
  });

  it('nobody approves their own request under another username', () => {
    expect(count([review('a', lead('ada-admin', '1'))], { claim: 'uid' })).toEqual(['a OwnRequest']);
  });

  it('nobody counts who has none, and nobody counts where the requester has none', () => {
    expect(count([review('a', lead('lena'))], { claim: 'uid' })).toEqual(['a UnknownPerson']);
    const requester = { username: 'ada' };
    expect(count([review('a', lead('lena', '7'))], { claim: 'uid', requester })).toEqual(['a UnknownPerson']);
  });
});

it('takes what serves of all that one person has said', () => {
  const both: Approval = {
    required: [
      { reviewers: [{ kind: 'Group', name: 'leads' }], count: 1 },
      { reviewers: [{ kind: 'Group', name: 'security' }], count: 1 },
    ],
  };
  const reviews = [
    review('a', lead('lars'), 1),
    review('b', lead('lena'), 2),
    review('c', { username: 'lena', groups: ['leads', 'security'] }, 3),
  ];
  const { standings, missing } = tally(both, { ...BALLOT, reviews });
  expect(missing).toEqual([]);
  expect(Object.fromEntries(standings)).toEqual({ a: 'Counted', b: 'SamePerson', c: 'Counted' });
});

it('a service account counts for people, and never where a service account is to have access, itself or another', () => {
  const approver = { kind: 'ServiceAccount', namespace: 'ci', name: 'approver' } as const;
  const deployer = { ...approver, name: 'deployer' };
  const byAccount: Approval = { required: [{ reviewers: [approver], count: 1 }] };
  const reviews = [review('a', { username: 'system:serviceaccount:ci:approver' })];
  const standing = (change: Partial<Ballot>) => tally(byAccount, { ...BALLOT, reviews, ...change }).standings.get('a');
  expect(standing({})).toBe('Counted');
  expect(standing({ subject: approver })).toBe('CouldActAsRequester');
  expect(standing({ subject: deployer })).toBe('CouldActAsRequester');
});

it('waits for what is not known, and does not count it meanwhile', () => {
  expect(count([review('a', lead('lena'))], { couldActAs: () => undefined })).toEqual(['a NotCheckedYet']);
});

describe('what is asked for can be fulfilled', () => {
  const user = (name: string) => ({ kind: 'User', name }) as const;
  it.each<[string, boolean, Approval]>([
    ['where nothing is', true, { automatic: true }],
    ['by a group, whoever is in it', true, LEADS],
    ['by enough people', true, { required: [{ reviewers: [user('a'), user('b')], count: 2 }] }],
    ['not by the requester', false, { required: [{ reviewers: [user('a'), user('ada')], count: 2 }] }],
    ['not by one person twice', false, { required: [{ reviewers: [user('a'), user('a')], count: 2 }] }],
    [
      'not by one person in two entries',
      false,
      {
        required: [
          { reviewers: [user('a')], count: 1 },
          { reviewers: [user('a')], count: 1 },
        ],
      },
    ],
  ])('%s: %s', (_what, possible, approval) => {
    expect(canBeFulfilled(approval, ADA)).toBe(possible);
  });
});
