import { describe, expect, it } from 'vitest';
import { type Condition, findCondition, withCondition } from './condition.ts';

const BEFORE = '2026-12-01T09:00:00Z';
const NOW = '2026-12-01T10:00:00Z';
const active: Condition = {
  type: 'Active',
  status: 'True',
  reason: 'Granted',
  message: 'until ten',
  lastTransitionTime: BEFORE,
};

describe('lastTransitionTime', () => {
  it('is now for a condition that is new', () => {
    const [condition] = withCondition([], { type: 'Active', status: 'True', reason: 'Granted', message: '' }, NOW);
    expect(condition?.lastTransitionTime).toBe(NOW);
  });

  it('stays while the status does, whatever else is new', () => {
    const change = {
      type: 'Active',
      status: 'True',
      reason: 'GoesOn',
      message: 'another',
      observedGeneration: 2,
    } as const;
    expect(withCondition([active], change, NOW)).toEqual([{ ...change, lastTransitionTime: BEFORE }]);
  });

  it.each(['False', 'Unknown'] as const)('moves when the status turns %s', (status) => {
    const [condition] = withCondition(
      [active],
      { type: 'Active', status, reason: 'Granted', message: 'until ten' },
      NOW,
    );
    expect(condition?.lastTransitionTime).toBe(NOW);
  });
});

it('changes one condition, in its place, and none of the others', () => {
  const others = ['Approved', 'FuseArmed'].map((type) => ({ ...active, type }));
  const [first, last] = others;
  const change = { type: 'Active', status: 'False', reason: 'Expired', message: '' } as const;
  const after = withCondition([...others.slice(0, 1), active, ...others.slice(1)], change, NOW);
  expect(after).toEqual([first, { ...change, lastTransitionTime: NOW }, last]);
});

it('leaves the conditions it was given as they were', () => {
  const before = [active];
  withCondition(before, { type: 'Active', status: 'False', reason: 'Expired', message: '' }, NOW);
  expect(before).toEqual([active]);
});

it('keeps a message within the bounds of the schema', () => {
  const [condition] = withCondition([], { ...active, message: 'x'.repeat(5000) }, NOW);
  expect(condition?.message).toHaveLength(1024);
});

it('finds a condition by its type', () => {
  expect(findCondition([active], 'Active')).toBe(active);
  expect(findCondition([active], 'Ended')).toBeUndefined();
  expect(findCondition(undefined, 'Active')).toBeUndefined();
});
