import { z } from 'zod';
import { clip } from './text.ts';
import { type Time, Time as TimeSchema } from './time.ts';

/** What can happen to a request; also the reasons of its Events. */
export const HistoryType = z.enum([
  'Requested',
  'Denied',
  'Reviewed',
  'Approved',
  'Granted',
  'EmergencyGranted',
  'AfterReviewed',
  'AfterReviewOverdue',
  'Expired',
  'Revoked',
  'Lapsed',
  'Failed',
]);
export type HistoryType = z.infer<typeof HistoryType>;

/**
 * One transition of a request, written in the same status update as the transition itself, so it
 * can be delivered at least once, under the one identity `<request uid>/<sequence>` (promise P5).
 */
export const HistoryEntry = z.object({
  sequence: z.int().min(1),
  time: TimeSchema,
  type: HistoryType,
  reason: z.string().min(1).max(64),
  actor: z.string().min(1).max(1024),
  message: z.string().max(1024),
});
export type HistoryEntry = z.infer<typeof HistoryEntry>;

const KEPT = 64;

/** A request's entries, oldest first; beyond the bound the oldest go, having long been delivered. */
export const History = z.array(HistoryEntry).max(KEPT).meta({ 'x-kubernetes-list-type': 'atomic' });

/** `history` with one more entry, numbered after the last. */
export function appendEntry(
  history: readonly HistoryEntry[],
  entry: Omit<HistoryEntry, 'sequence' | 'time'>,
  time: Time,
): HistoryEntry[] {
  const sequence = (history.at(-1)?.sequence ?? 0) + 1;
  return [...history, { sequence, time, ...entry, message: clip(entry.message, 1024) }].slice(-KEPT);
}
