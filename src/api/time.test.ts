import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addSeconds, formatTime, parseTime, Time } from './time.ts';

const moment = fc.date({
  min: new Date('1970-01-01T00:00:00Z'),
  max: new Date('9999-12-31T23:59:59Z'),
  noInvalidDate: true,
});

describe('Time', () => {
  it.each([
    '2026-12-01T09:00:00Z',
    '2026-12-01T09:00:00.123456789Z',
    '2026-12-01T10:00:00+01:00',
    '2028-02-29T00:00:00Z',
  ])('accepts %j', (text) => {
    expect(Time.safeParse(text).success).toBe(true);
  });

  it.each([
    '',
    '2026-12-01',
    '2026-12-01T09:00Z',
    '2026-12-01T09:00:00',
    '2026-12-01 09:00:00Z',
    '2026-12-01t09:00:00z',
    '2026-12-01T09:00:00Z ',
    '2026-W49-2T09:00:00Z',
    '2026-12-01T09:00:00+0100',
    'now',
    '1764579600',
  ])('refuses %j, another spelling', (text) => {
    expect(Time.safeParse(text).error?.issues[0]?.message).toContain('RFC 3339');
  });

  it.each(['2026-02-29T00:00:00Z', '2026-13-01T00:00:00Z', '2026-12-01T25:00:00Z', '2026-12-01T09:60:00Z'])(
    'refuses %j, which never comes',
    (text) => {
      expect(Time.safeParse(text).error?.issues[0]?.message).toBe('an RFC 3339 time that exists');
    },
  );
});

describe('formatTime', () => {
  it('rounds down to the whole second, so that an end is never written later than it is', () => {
    expect(formatTime(new Date('2026-12-01T09:00:00.999Z'))).toBe('2026-12-01T09:00:00Z');
  });

  it('writes what can be read, at most a second earlier and never later', () => {
    fc.assert(
      fc.property(moment, (date) => {
        const lost = date.getTime() - parseTime(Time.parse(formatTime(date))).getTime();
        expect(lost).toBeGreaterThanOrEqual(0);
        expect(lost).toBeLessThan(1000);
      }),
    );
  });

  it('keeps the order of times, as text', () => {
    fc.assert(
      fc.property(moment, moment, (a, b) => {
        expect(formatTime(a) < formatTime(b) && a >= b).toBe(false);
      }),
    );
  });
});

describe('parseTime', () => {
  it('heeds the offset', () => {
    expect(parseTime('2026-12-01T10:00:00+01:00')).toEqual(new Date('2026-12-01T09:00:00Z'));
  });

  it('does not make a moment of what is none', () => {
    expect(() => parseTime('')).toThrow(RangeError);
  });
});

it('moves a date by seconds, across any change of clocks', () => {
  expect(addSeconds(new Date('2026-10-24T23:00:00Z'), 86_400)).toEqual(new Date('2026-10-25T23:00:00Z'));
});
