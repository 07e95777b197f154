import fc from 'fast-check';
import { expect, it } from 'vitest';
import { firstDifference } from './difference.ts';

it.each([
  ['', 'a', 'b'],
  ['', 1, '1'],
  ['', null, {}],
  ['', [], {}],
  ['.failurePolicy', { failurePolicy: 'Fail' }, { failurePolicy: 'Ignore' }],
  ['.paramRef', { policyName: 'a' }, { policyName: 'a', paramRef: { name: 'b' } }],
  ['.matchConditions', { matchConditions: [] }, {}],
  [
    '.validations[1].expression',
    { validations: [{}, { expression: 'a' }] },
    { validations: [{}, { expression: 'true' }] },
  ],
  ['.validations', { validations: [{}, {}] }, { validations: [{}] }],
])('names the place: %j, where %j has become %j', (place, wanted, found) => {
  expect(firstDifference(wanted, found)).toBe(place);
});

it('finds none where there is none, in whatever order fields are', () => {
  const holds = () =>
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const copy: unknown = JSON.parse(JSON.stringify(value), (_key, part: unknown) =>
          part !== null && typeof part === 'object' && !Array.isArray(part)
            ? Object.fromEntries(Object.entries(part).toReversed())
            : part,
        );
        return firstDifference(JSON.parse(JSON.stringify(value)), copy) === undefined;
      }),
    );
  expect(holds).not.toThrow();
});

it('finds one between any two values that are spelled differently', () => {
  const holds = () =>
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        fc.pre(JSON.stringify(sorted(one)) !== JSON.stringify(sorted(other)));
        return firstDifference(one, other) !== undefined;
      }),
    );
  expect(holds).not.toThrow();
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return fields.map(([field, part]) => [field, sorted(part)]);
}
