import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { marksOf, personOf } from './person.ts';

const ADA = { username: 'Ada', uid: '7', extra: { arn: ['arn:aws:iam::1:user/ada'], sessionName: ['a', 'b'] } };

it.each([
  ['username', 'ADA'],
  ['uid', '7'],
  ['extra:arn', 'ARN:AWS:IAM::1:USER/ADA'],
] as const)('goes by %s', (claim, whom) => {
  expect(personOf(ADA, claim)).toBe(whom);
});

it.each([
  ['without it', { username: 'x' }, 'uid'],
  ['with an empty one', { username: 'x', uid: '' }, 'uid'],
  ['with one that nobody sees', { username: 'x', uid: '\u200b\u00a0' }, 'uid'],
  ['with several', ADA, 'extra:sessionName'],
  ['without that key', { username: 'x', extra: {} }, 'extra:arn'],
] as const)('knows nobody %s', (_what, identity, claim) => {
  expect(personOf(identity, claim)).toBeUndefined();
});

function person(username: string): string | undefined {
  return personOf({ username }, 'username');
}

describe('takes names for one that differ in', () => {
  it.each([
    ['case', 'ADA', 'ada'],
    ['width', 'ａｄａ', 'ada'],
    ['composition', 'Ad\u0065\u0301', 'ad\u00e9'],
    ['ligatures', 'ﬁna', 'fina'],
    ['the dot of an i', 'il\u0131n', 'ILIN'],
    ['a dotted capital', '\u0130lin', 'ilin'],
    ['sharp s', 'weiß', 'WEISS'],
    ['capital sharp s', 'WEI\u1e9e', 'weiss'],
    ['the form of a sigma', 'νίκος', 'ΝΊΚΟΣ'],
    ['long s', 'mo\u017fes', 'moses'],
    ['the sign for kelvin', '\u212aim', 'kim'],
    ['accents', 'Zoë', 'zoe'],
    ['decoys under a letter', 'a\u0323da', 'ada'],
    ['space around', ' ada\u00a0', 'ada'],
    ['space within', 'ada  lovelace', 'ada\u3000lovelace'],
    ['a space of no width', 'a\u200bda', 'ada'],
    ['a joiner', 'a\u200dda', 'ada'],
    ['a soft hyphen', 'a\u00adda', 'ada'],
    ['a word joiner', 'ada\u2060', 'ada'],
    ['the direction of writing', '\u202aada\u202c', 'ada'],
    ['a variation selector', 'ada\ufe0e', 'ada'],
    ['a Hangul filler', 'ada\u3164', 'ada'],
    ['a tag', 'ada\u{e0041}', 'ada'],
    ['a control character', 'ada\u0000', 'ada'],
  ])('%s', (_what, one, other) => {
    expect(person(one)).toBe(person(other));
  });
});

it.each([
  ['ada', 'eda'],
  ['राम', 'रोम'],
  ['李', '季'],
  ['lena', 'lena-admin'],
  ['ops:lena', 'lena'],
])('tells %s from %s', (one, other) => {
  expect(person(one)).not.toBe(person(other));
});

/** Letters of all kinds, with whatever can be put between them. */
const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
/** Iota subscript becomes a letter of its own in capitals. */
const withoutIotaSubscript = name.filter((text) => !text.normalize('NFD').includes('\u0345'));
const overlooked = fc.constantFrom(
  ' ',
  '\t',
  '\u00a0',
  '\u200b',
  '\u200d',
  '\u2060',
  '\u00ad',
  '\ufeff',
  '\ufe0f',
  '\u0301',
);

it('knows a name again in capitals, in small letters, and in every normal form', () => {
  fc.assert(
    fc.property(withoutIotaSubscript, fc.constantFrom('NFC', 'NFD', 'NFKC', 'NFKD'), (text, form) => {
      const forms = [text.toUpperCase(), text.toLowerCase(), text.normalize(form)].map(person);
      expect(new Set(forms)).toEqual(new Set([person(text)]));
    }),
    { numRuns: 2000 },
  );
});

it('knows a name again whatever nobody sees in it, and wherever that is', () => {
  fc.assert(
    fc.property(fc.array(name), overlooked, (parts, decoy) => {
      expect(person(parts.join(decoy))).toBe(person(parts.join('')));
    }),
    { numRuns: 2000 },
  );
});

it('goes by the username too, whatever else there is', () => {
  expect(marksOf({ username: 'A\u200bda', uid: '8' }, 'uid')).toEqual(['username ADA', 'uid 8']);
});
