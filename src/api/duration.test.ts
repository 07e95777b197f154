import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Duration, fromSeconds, toSeconds } from './duration.ts';

describe('Duration', () => {
  it.each(['1s', '30s', '45m', '1h', '1h30m', '26h3m1s', '90m', '0h0m1s', '99999h99999m999999s'])(
    'accepts %j',
    (text) => {
      expect(Duration.safeParse(text).success).toBe(true);
    },
  );

  it.each([
    '',
    's',
    '30',
    '1.5h',
    '-1s',
    '+1s',
    '2 days',
    '1d',
    '1m1h',
    '1h1h',
    '1H',
    '١h',
    '1h ',
    ' 1h',
    '1h\n',
    '1h\u0000',
    '100000h',
  ])('refuses %j', (text) => {
    expect(Duration.safeParse(text).success).toBe(false);
  });

  it.each(['0s', '0h0m0s', '000000s'])('refuses %j: a grant of no time at all', (text) => {
    expect(Duration.safeParse(text).error?.issues[0]?.message).toBe('more than 0s');
  });

  it('says what is allowed', () => {
    expect(Duration.safeParse('2 days').error?.issues[0]?.message).toBe(
      'hours, minutes and seconds, such as 90s, 45m or 1h30m',
    );
  });
});

describe('length', () => {
  it('counts hours, minutes and seconds', () => {
    expect(toSeconds(Duration.parse('1h1m1s'))).toBe(3661);
  });

  it('does not depend on the spelling', () => {
    expect(toSeconds(Duration.parse('90m'))).toBe(toSeconds(Duration.parse('1h30m')));
  });

  it('survives the way out and back for every length up to ten years', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 315_360_000 }), (seconds) => {
        expect(toSeconds(fromSeconds(seconds))).toBe(seconds);
      }),
    );
  });

  it('is spelled as short as can be', () => {
    expect([1, 60, 90, 3600, 5400, 3601].map(fromSeconds)).toEqual(['1s', '1m', '1m30s', '1h', '1h30m', '1h1s']);
  });

  it.each([0, -1, 0.5, Number.NaN, Infinity])('is never %d seconds', (seconds) => {
    expect(() => fromSeconds(seconds)).toThrow(RangeError);
  });
});
