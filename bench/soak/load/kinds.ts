import type { HistoryType } from '../../../src/api/history.ts';
import type { Phase } from '../../../src/api/access-request.ts';

/** What somebody does about a request: a lead, or who asked; at once, or as soon as it is active. */
export interface Deed {
  readonly who: 'lead' | 'requester';
  readonly does: 'Approve' | 'Deny' | 'Revoke' | 'delete';
  readonly when: 'at once' | 'active';
}

/** A kind of request, and what must come of it whatever goes wrong on the way. */
export interface Kind {
  readonly name: string;
  /** How often there is one like this, beside the others. */
  readonly weight: number;
  /** What it asks for: what is granted without asking anybody, or what a lead must agree to. */
  readonly asks: 'free' | 'reviewed';
  /** How long; absent: some seconds. */
  readonly duration?: string;
  readonly deeds: readonly Deed[];
  readonly phase: Phase;
  /** Each entry once, in this order. */
  readonly history: readonly HistoryType[];
}

const APPROVE: Deed = { who: 'lead', does: 'Approve', when: 'at once' };
/** So long that it never ends by itself. */
const LONG = '1h';
const GRANTED = ['Requested', 'Approved', 'Granted'] as const;
const REVIEWED = ['Requested', 'Reviewed', 'Approved', 'Granted'] as const;

export const KINDS: readonly Kind[] = [
  { name: 'granted', weight: 6, asks: 'free', deeds: [], phase: 'Expired', history: [...GRANTED, 'Expired'] },
  {
    name: 'agreed to',
    weight: 2,
    asks: 'reviewed',
    deeds: [APPROVE],
    phase: 'Expired',
    history: [...REVIEWED, 'Expired'],
  },
  {
    name: 'too long',
    weight: 1,
    asks: 'free',
    duration: '2h',
    deeds: [],
    phase: 'Denied',
    history: ['Requested', 'Denied'],
  },
  {
    name: 'refused by a lead',
    weight: 1,
    asks: 'reviewed',
    deeds: [{ who: 'lead', does: 'Deny', when: 'at once' }],
    phase: 'Denied',
    history: ['Requested', 'Reviewed', 'Denied'],
  },
  {
    name: 'revoked by a lead',
    weight: 1,
    asks: 'reviewed',
    duration: LONG,
    deeds: [APPROVE, { who: 'lead', does: 'Revoke', when: 'active' }],
    phase: 'Revoked',
    history: [...REVIEWED, 'Reviewed', 'Revoked'],
  },
  {
    name: 'given back',
    weight: 1,
    asks: 'free',
    duration: LONG,
    deeds: [{ who: 'requester', does: 'Revoke', when: 'active' }],
    phase: 'Revoked',
    history: [...GRANTED, 'Reviewed', 'Revoked'],
  },
  {
    name: 'deleted while active',
    weight: 1,
    asks: 'free',
    duration: LONG,
    deeds: [{ who: 'requester', does: 'delete', when: 'active' }],
    phase: 'Revoked',
    history: [...GRANTED, 'Revoked'],
  },
];
