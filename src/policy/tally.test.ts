import { describe, expect, it } from 'vitest';
import type { Approval } from '../api/access-policy.ts';
import { type AccessReview, readAccessReview } from '../api/access-review.ts';
import type { Identity, Subject } from '../api/identity.ts';
import { canBeFulfilled } from './fulfil.ts';
import type { Ballot } from './standing.ts';
import { tally } from './tally.ts';

const ADA: Identity = { username: 'ada', uid: '1' };
const ADAS: Subject = { kind: 'User', name: 'ada' };
const BALLOT: Ballot = {
  requester: ADA,
  subject: ADAS,
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

describe('where service accounts review', () => {
  const robot = (name: string): Identity => ({ username: `system:serviceaccount:ci:${name}` });
  const SCANNER = { kind: 'ServiceAccount', namespace: 'ci', name: 'scanner' } as const;
  const TESTS = { ...SCANNER, name: 'tests' } as const;
  const [people, machines] = [
    { reviewers: [{ kind: 'Group', name: 'leads' } as const], count: 2 },
    { reviewers: [SCANNER, TESTS], count: 1 },
  ];
  const BOTH: Approval = { required: [people, machines] };

  /** Of these, in the order in which they came, what became; lena could act as the scanner. */
  function outcome(who: readonly Identity[], couldActAs: Ballot['couldActAs'] = lenaCould, approval = BOTH) {
    const reviews = who.map((reviewer, index) => review(`${index}`, reviewer, index));
    const { standings, ...rest } = tally(approval, { ...BALLOT, reviews, couldActAs });
    return { standings: reviews.map(({ metadata }) => standings.get(metadata.uid)), ...rest };
  }
  const lenaCould: Ballot['couldActAs'] = (pairs) =>
    pairs.some(({ who, as }) => who.username === 'lena' && as.name === 'scanner');

  it.each<[string, Identity[], string[]]>([
    ['one of them and people', [robot('scanner'), lead('lars'), lead('lea')], ['Counted', 'Counted', 'Counted']],
    ['one and who could act as it', [robot('scanner'), lead('lena')], ['Counted', 'CouldActAsReviewer']],
    ['who could act as it, and it', [lead('lena'), robot('scanner')], ['Counted', 'CouldActAsReviewer']],
    ['one and who could act as another', [robot('tests'), lead('lena')], ['Counted', 'Counted']],
    [
      'two people in its stead, where that fills more',
      [robot('scanner'), lead('lena'), lead('lars')],
      ['Counted', 'CouldActAsReviewer', 'Counted'],
    ],
    ['one only', [robot('scanner'), robot('tests')], ['Counted', 'CouldActAsReviewer']],
  ])('counts %s', (_what, who, standings) => {
    expect(outcome(who).standings).toEqual(standings);
  });

  it('counts one of several, whatever entries name them', () => {
    const each = [SCANNER, TESTS].map((ref) => ({ reviewers: [ref], count: 1 }));
    const { standings, missing } = outcome([robot('tests'), robot('scanner')], () => false, { required: each });
    expect(standings).toEqual(['Counted', 'CouldActAsReviewer']);
    expect(missing).toEqual([{ entry: each[0], count: 1 }]);
  });

  it('asks who could act as them as long as something is missing, and counts nobody beside them meanwhile', () => {
    const unknown: Ballot['couldActAs'] = (pairs) => (pairs.length === 0 ? false : undefined);
    const { standings, questions } = outcome([lead('lars'), robot('scanner')], (pairs) => {
      return pairs.some(({ who }) => who.username === 'lars') ? undefined : false;
    });
    expect(standings).toEqual(['Counted', 'NotCheckedYet']);
    expect(questions).toEqual([{ who: lead('lars'), as: SCANNER }]);
    const whole = [lead('lars'), lead('lea')];
    expect(outcome(whole, unknown, { required: [people] })).toMatchObject({ questions: [], missing: [] });
  });

  it('asks a bounded number of questions, whoever piles up reviews', () => {
    const disguises = Array.from({ length: 50 }, (_, n) => ({ ...lead('mallory'), groups: ['leads', `${n}`] }));
    const crowd = Array.from({ length: 50 }, (_, n) => lead(`l${n}`));
    const unknown: Ballot['couldActAs'] = (pairs) =>
      pairs.some(({ who }) => who.groups?.includes('leads')) ? undefined : false;
    const many = { required: [{ ...people, count: 8 }, { ...people, count: 8 }, machines] };
    expect(outcome([...disguises, robot('scanner')], unknown)).toMatchObject({ questions: [] });
    expect(
      outcome([...crowd, robot('scanner')], unknown, { required: [...many.required, machines] }).questions,
    ).toHaveLength(16);
  });
});

describe('what is asked for can be fulfilled', () => {
  const user = (name: string) => ({ kind: 'User', name }) as const;
  const robot = (name: string) => ({ kind: 'ServiceAccount', namespace: 'ci', name }) as const;
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
    ['by a service account', true, { required: [{ reviewers: [robot('a'), user('b')], count: 2 }] }],
    ['not by two service accounts', false, { required: [{ reviewers: [robot('a'), robot('b')], count: 2 }] }],
  ])('%s: %s', (_what, possible, approval) => {
    expect(canBeFulfilled(approval, { requester: ADA, subject: ADAS })).toBe(possible);
  });

  it('not by one service account for another', () => {
    const approval = { required: [{ reviewers: [robot('a')], count: 1 }] };
    expect(canBeFulfilled(approval, { requester: ADA, subject: robot('deployer') })).toBe(false);
  });
});
