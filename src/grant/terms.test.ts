import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fromSeconds } from '../api/duration.ts';
import { parseTime } from '../api/time.ts';
import { termsFrom } from './terms.ts';

const start = fc.date({
  min: new Date('2020-01-01T00:00:00Z'),
  max: new Date('2100-01-01T00:00:00Z'),
  noInvalidDate: true,
});
const seconds = fc.integer({ min: 1, max: 100_000 });

it('a grant is never longer than asked, whenever in a second it starts', () => {
  fc.assert(
    fc.property(start, seconds, (from, length) => {
      const { grantedAt, expiresAt, duration } = termsFrom(from, fromSeconds(length));
      const end = parseTime(expiresAt).getTime();
      expect(end - from.getTime()).toBeLessThanOrEqual(length * 1000);
      expect(end - from.getTime()).toBeGreaterThan(length * 1000 - 1000);
      expect(end - parseTime(grantedAt).getTime()).toBe(length * 1000);
      expect(duration).toBe(fromSeconds(length));
    }),
  );
});

it('its terms can be told again from when it was granted', () => {
  fc.assert(
    fc.property(start, seconds, (from, length) => {
      const terms = termsFrom(from, fromSeconds(length));
      expect(termsFrom(parseTime(terms.grantedAt), terms.duration)).toEqual(terms);
    }),
  );
});
