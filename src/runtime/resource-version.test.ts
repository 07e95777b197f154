import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareVersions } from './resource-version.ts';

it('orders versions as the integers that they are', () => {
  const version = fc.bigInt({ min: 0n, max: 10n ** 25n });
  fc.assert(
    fc.property(version, version, (one, other) => {
      expect(Math.sign(compareVersions(String(one), String(other)))).toBe(one < other ? -1 : one > other ? 1 : 0);
    }),
  );
});
