import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LabelSelector, selects } from './label-selector.ts';

/** What each operator means, written down a second time and without regard to speed. */
const MEANING = {
  In: (found: string[], values: string[]) => found.some((value) => values.includes(value)),
  NotIn: (found: string[], values: string[]) => !found.some((value) => values.includes(value)),
  Exists: (found: string[]) => found.length === 1,
  DoesNotExist: (found: string[]) => found.length === 0,
} as const;

const key = fc.constantFrom('team', 'stage', 'toString');
const value = fc.constantFrom('payments', 'checkout', '');
const labels = fc.dictionary(key, value);
const requirement = fc.oneof(
  fc.record({
    key,
    operator: fc.constantFrom('In' as const, 'NotIn' as const),
    values: fc.array(value, { minLength: 1, maxLength: 2 }),
  }),
  fc.record({ key, operator: fc.constantFrom('Exists' as const, 'DoesNotExist' as const) }),
);
const selector = fc.record(
  { matchLabels: labels, matchExpressions: fc.array(requirement, { maxLength: 3 }) },
  { requiredKeys: [] },
);

it('selects what the meaning of each part selects', () => {
  fc.assert(
    fc.property(selector, labels, (wanted, found) => {
      const parts = [
        ...Object.entries(wanted.matchLabels ?? {}).map(([name, each]) => ({
          key: name,
          operator: 'In' as const,
          values: [each],
        })),
        ...(wanted.matchExpressions ?? []),
      ];
      const held = parts.every((part) => {
        const present = Object.entries(found).flatMap(([name, each]) => (name === part.key ? [each] : []));
        return MEANING[part.operator](present, 'values' in part ? part.values : []);
      });
      expect(selects(wanted, found)).toBe(held);
    }),
    { numRuns: 1000 },
  );
});

describe('selects', () => {
  it('needs every part to hold', () => {
    const wanted = LabelSelector.parse({
      matchLabels: { team: 'payments' },
      matchExpressions: [{ key: 'stage', operator: 'Exists' }],
    });
    expect(selects(wanted, { team: 'payments' })).toBe(false);
    expect(selects(wanted, { team: 'payments', stage: '' })).toBe(true);
  });

  it('takes an object without the key for one that is not in the values, as Kubernetes does', () => {
    expect(selects({ matchExpressions: [{ key: 'team', operator: 'NotIn', values: ['payments'] }] }, {})).toBe(true);
  });

  it('does not find labels that are none', () => {
    expect(selects({ matchExpressions: [{ key: 'constructor', operator: 'Exists' }] }, {})).toBe(false);
  });
});

describe('LabelSelector', () => {
  it.each([{}, { matchLabels: {} }, { matchExpressions: [] }, { matchLabels: {}, matchExpressions: [] }])(
    'refuses %j: it would select every namespace',
    (wanted) => {
      expect(LabelSelector.safeParse(wanted).error?.issues[0]?.message).toBe(
        'may not be empty: it would select every namespace',
      );
    },
  );

  it.each([
    [{ key: 'team', operator: 'In' }, 'values'],
    [{ key: 'team', operator: 'NotIn', values: [] }, 'values'],
    [{ key: 'team', operator: 'Exists', values: ['x'] }, 'values'],
    [{ key: 'team', operator: 'DoesNotExist', values: ['x'] }, 'values'],
    [{ key: 'team', operator: 'in', values: ['x'] }, 'operator'],
    [{ key: '', operator: 'Exists' }, 'key'],
    [{ operator: 'Exists' }, 'key'],
  ])('refuses the requirement %j by its %s', (wanted, field) => {
    const issue = LabelSelector.safeParse({ matchExpressions: [wanted] }).error?.issues[0];
    expect(issue?.path).toEqual(['matchExpressions', 0, field]);
  });
});
