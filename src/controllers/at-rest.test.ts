import { describe, expect, it } from 'vitest';
import { request } from '../api/test-objects.ts';
import { atRest } from './at-rest.ts';

const TIME = '2026-12-01T09:00:00Z';
const HISTORY = [
  { sequence: 1, time: TIME, type: 'Requested', reason: 'Requested', actor: 'ada', message: 'asked' },
  { sequence: 2, time: TIME, type: 'Denied', reason: 'NoPolicyPermits', actor: 'daypass', message: 'no' },
];
const CONDITIONS = [
  { type: 'Ended', status: 'True', reason: 'NoPolicyPermits', message: 'no', lastTransitionTime: TIME },
];
const PERMISSIONS = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }];
const REQUESTER = { username: 'ada', uid: '1', groups: ['developers'], extra: { a: ['b'] } };

describe('of what the store holds, a request', () => {
  it.each(['Expired', 'Revoked', 'Denied', 'Lapsed', 'Failed'])('that is %s has its record, and no more', (phase) => {
    const whole = request(
      'over',
      {
        roleRef: undefined,
        permissions: PERMISSIONS,
        ticket: 'T-1',
        extends: { name: 'before', uid: 'uid-before' },
        requester: REQUESTER,
      },
      { phase, endedAt: TIME, requestedAt: TIME, history: HISTORY, conditions: CONDITIONS },
    );
    expect(atRest(whole)).toEqual({
      metadata: whole.metadata,
      spec: { requester: { username: 'ada' }, extends: { name: 'before', uid: 'uid-before' } },
      status: { phase, endedAt: TIME, history: HISTORY },
    });
  });

  it.each([undefined, 'Pending', 'Approved', 'Active'])('that is %s is whole', (phase) => {
    const whole = request('open', { requester: REQUESTER }, phase === undefined ? {} : { phase, history: HISTORY });
    expect(atRest(whole)).toBe(whole);
  });

  it('that was an emergency is whole until somebody has looked at it', () => {
    const emergency = { reviewBy: TIME };
    const status = { phase: 'Expired', endedAt: TIME, grantedAt: TIME, conditions: CONDITIONS };
    const unreviewed = request('loud', { emergency: true }, { ...status, emergency });
    expect(atRest(unreviewed)).toBe(unreviewed);
    const reviewed = request(
      'seen',
      { emergency: true },
      { ...status, emergency: { ...emergency, reviewedBy: 'lena' } },
    );
    expect(atRest(reviewed)).toMatchObject({ status: { grantedAt: TIME, emergency: { reviewedBy: 'lena' } } });
    expect(atRest(reviewed)).not.toHaveProperty('status.conditions');
  });

  it('that cannot be read is as it is', () => {
    const { metadata } = request('odd');
    const unreadable = { metadata, unreadable: 'spec: missing', raw: { spec: undefined, status: undefined } };
    expect(atRest(unreadable)).toBe(unreadable);
  });
});
