import { expect, it } from 'vitest';
import { personOf } from './person.ts';

const ADA = { username: 'Ada', uid: '7', extra: { arn: ['arn:aws:iam::1:user/ada'], sessionName: ['a', 'b'] } };

it.each([
  ['username', 'ada'],
  ['uid', '7'],
  ['extra:arn', 'arn:aws:iam::1:user/ada'],
] as const)('goes by %s', (claim, person) => {
  expect(personOf(ADA, claim)).toBe(person);
});

it.each([
  ['without it', { username: 'x' }, 'uid'],
  ['with an empty one', { username: 'x', uid: '' }, 'uid'],
  ['with several', ADA, 'extra:sessionName'],
  ['without that key', { username: 'x', extra: {} }, 'extra:arn'],
] as const)('knows nobody %s', (_what, identity, claim) => {
  expect(personOf(identity, claim)).toBeUndefined();
});

it.each([
  ['case', 'ADA', 'ada'],
  ['width', 'ａｄａ', 'ada'],
  ['composition', 'Ad\u0065\u0301', 'ad\u00e9'],
  ['ligatures', 'ﬁna', 'fina'],
])('takes names for one that differ in %s alone', (_what, one, other) => {
  expect(personOf({ username: one }, 'username')).toBe(personOf({ username: other }, 'username'));
});
