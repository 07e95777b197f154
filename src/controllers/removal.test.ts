import { describe, expect, it } from 'vitest';
import { readRoleBinding } from '../api/kubernetes.ts';
import { endOfAccess } from './removal.ts';

function binding(metadata: object) {
  const stored = { namespace: 'payments', name: 'daypass-1', uid: 'u', resourceVersion: '1' };
  return readRoleBinding({ metadata: { ...stored, ...metadata } });
}

function deletions(metadata: object): number {
  return endOfAccess(binding(metadata)).length;
}

const deletionTimestamp = '2026-12-01T09:00:00Z';

describe('what is there', () => {
  it('is deleted, by uid', () => {
    expect(endOfAccess(binding({}))).toMatchObject([
      { verb: 'delete', name: { namespace: 'payments', name: 'daypass-1' }, uid: 'u' },
    ]);
  });

  it('is left alone while it goes, held by what somebody else has to let go', () => {
    expect(deletions({ deletionTimestamp, finalizers: ['example.com/hold'] })).toBe(0);
  });

  it.each(['foregroundDeletion', 'orphan'])(
    'is deleted again where it went by %s: it may wait for ever for what others hang on it (promise P2)',
    (finalizer) => {
      expect(deletions({ deletionTimestamp, finalizers: [finalizer] })).toBe(1);
      expect(deletions({ deletionTimestamp, finalizers: ['example.com/hold', finalizer] })).toBe(1);
    },
  );
});
