import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HistoryType } from '../api/history.ts';
import { eventFor, isSameEvent } from './event.ts';
import type { Delivery } from './outbox.ts';

const delivery: Delivery = {
  request: { namespace: 'payments', name: 'checkout-5xx', uid: 'u-1' },
  entry: {
    sequence: 3,
    time: '2026-12-01T09:00:00Z',
    type: 'Granted',
    reason: 'Granted',
    actor: 'daypass-operator',
    message: 'daypass-pod-logs until 2026-12-01T09:45:00Z',
  },
};

const withEntry = (change: Partial<Delivery['entry']>) =>
  eventFor({ ...delivery, entry: { ...delivery.entry, ...change } }, 'pod-1');

it('copies an entry, under a name that is its identity', () => {
  expect(eventFor(delivery, 'pod-1')).toEqual({
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { namespace: 'payments', name: 'daypass.u-1.3' },
    eventTime: '2026-12-01T09:00:00.000000Z',
    type: 'Normal',
    reason: 'Granted',
    action: 'Granted',
    note: 'daypass-pod-logs until 2026-12-01T09:45:00Z',
    regarding: {
      apiVersion: 'daypass.dev/v1alpha1',
      kind: 'AccessRequest',
      namespace: 'payments',
      name: 'checkout-5xx',
      uid: 'u-1',
    },
    reportingController: 'daypass.dev/operator',
    reportingInstance: 'pod-1',
  });
});

it('is the same whenever it is made, so that delivering twice makes one', () => {
  expect(eventFor(delivery, 'pod-1')).toEqual(eventFor(structuredClone(delivery), 'pod-1'));
});

it('warns of every end but the one that was promised, and of emergencies', () => {
  const warnings = HistoryType.options.filter((type) => withEntry({ type })['type'] === 'Warning');
  expect(warnings).toEqual(['Denied', 'EmergencyGranted', 'AfterReviewOverdue', 'Revoked', 'Lapsed', 'Failed']);
});

describe('the note', () => {
  it('has at most 1024 bytes, and as many of them as whole characters allow', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('\ufeff', 'x', 'ü', '→', '\u{1f525}'), maxLength: 20 }),
        fc.constantFrom('x', 'ü', '→', '\u{1f525}'),
        (text, filler) => {
          const message = text + filler.repeat(1100);
          const note = String(withEntry({ message })['note']);
          expect(message.startsWith(note)).toBe(true);
          expect(note.isWellFormed()).toBe(true);
          expect(Buffer.byteLength(note)).toBeLessThanOrEqual(1024);
          expect(Buffer.byteLength(note)).toBeGreaterThan(1024 - 4);
        },
      ),
    );
  });

  it('is whole where it fits', () => {
    expect(withEntry({ message: 'ü'.repeat(512) })['note']).toBe('ü'.repeat(512));
  });
});

describe('an Event that is there already', () => {
  const wanted = eventFor(delivery, 'pod-1');

  it('is the same when it says the same, whoever in the operator wrote it', () => {
    expect(isSameEvent(eventFor(delivery, 'pod-2'), wanted)).toBe(true);
  });

  it('is the same without a note where there was nothing to say', () => {
    const { note: _, ...stored } = withEntry({ message: '' });
    expect(isSameEvent(stored, withEntry({ message: '' }))).toBe(true);
  });

  it.each([
    { regarding: { ...Object(wanted['regarding']), uid: 'u-2' } },
    { regarding: { ...Object(wanted['regarding']), name: 'other' } },
    { regarding: undefined },
    { regarding: 'u-1' },
    { regarding: {} },
    { reportingController: 'example.org/mallory' },
    { reportingController: undefined },
    { type: 'Warning' },
    { reason: 'Denied' },
    { action: 'Denied' },
    { note: 'cluster-admin, for ever' },
    { note: undefined },
  ])('is not with %j', (change) => {
    expect(isSameEvent({ ...wanted, ...change }, wanted)).toBe(false);
  });
});
