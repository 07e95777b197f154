import { expect, it } from 'vitest';
import { claim, readLease, release } from './lease.ts';

const NOW = new Date('2026-12-01T09:00:00.007Z');
const FOUND = { version: '7', holder: 'one', duration: 10_000, transitions: 3 };

it.each([
  ['no spec', {}],
  ['nothing said', { spec: {} }],
  ['nobody named', { spec: { holderIdentity: '' } }],
  ['nonsense', { spec: { holderIdentity: 7, leaseDurationSeconds: 'x', leaseTransitions: null } }],
])('is held by nobody with %s', (_, fields) => {
  const nobody = { version: '7', holder: undefined, duration: 0, transitions: 0 };
  expect(readLease({ metadata: { resourceVersion: '7' }, ...fields })).toEqual(nobody);
});

it('says who holds it, and for how long', () => {
  const spec = { holderIdentity: 'one', leaseDurationSeconds: 10, leaseTransitions: 3 };
  expect(readLease({ metadata: { resourceVersion: '7' }, spec })).toEqual(FOUND);
});

it('changes hands only as long as it is as it was found, and counts that', () => {
  expect(claim(FOUND, 'two', 10_000, NOW)).toEqual({
    metadata: { resourceVersion: '7' },
    spec: {
      holderIdentity: 'two',
      leaseDurationSeconds: 10,
      acquireTime: '2026-12-01T09:00:00.007000Z',
      renewTime: '2026-12-01T09:00:00.007000Z',
      leaseTransitions: 4,
    },
  });
});

it('is prolonged without changing hands', () => {
  expect(claim(FOUND, 'one', 10_000, NOW)['spec']).toEqual({
    holderIdentity: 'one',
    leaseDurationSeconds: 10,
    renewTime: '2026-12-01T09:00:00.007000Z',
  });
});

it('is given up only as long as it is as it was found', () => {
  expect(release(FOUND, NOW)).toEqual({
    metadata: { resourceVersion: '7' },
    spec: { holderIdentity: null, leaseDurationSeconds: 1, renewTime: '2026-12-01T09:00:00.007000Z' },
  });
});
