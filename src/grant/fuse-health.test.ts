import { describe, expect, it } from 'vitest';
import { readJob } from '../api/kubernetes.ts';
import { fuseTrouble } from './fuse-health.ts';

const now = new Date('2026-12-01T09:00:00Z');

function unarmed(creationTimestamp: string) {
  return readJob({ metadata: { name: 'daypass-1', uid: 'u', resourceVersion: '1', creationTimestamp } });
}

it('trusts fuses while the canary burned and none is left lying', () => {
  expect(fuseTrouble(undefined, [], now)).toBeUndefined();
});

it('trusts none when the canary did not burn', () => {
  expect(fuseTrouble('a test fuse did not burn', [], now)).toBe('a test fuse did not burn');
});

describe('a fuse that is not armed', () => {
  it('may take 5 minutes', () => {
    expect(fuseTrouble(undefined, [unarmed('2026-12-01T08:55:00Z')], now)).toBeUndefined();
  });

  it('is trouble after that, however many others are younger', () => {
    const jobs = [unarmed('2026-12-01T08:59:00Z'), unarmed('2026-12-01T08:54:59Z')];
    expect(fuseTrouble(undefined, jobs, now)).toContain('unarmed for more than 5 minutes');
  });
});
