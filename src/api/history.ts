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

/** From this length on nothing is added that can wait, before all that there is has been delivered. */
const NEARLY_FULL = 48;

/** A request's entries, oldest first; beyond the bound some go: see {@link appendEntry}. */
export const History = z.array(HistoryEntry).max(KEPT).meta({ 'x-kubernetes-list-type': 'atomic' });

/**
 * `history` with one more entry, numbered after the last. Beyond the bound the oldest goes of those
 * that say the same kind of thing about the same actor most often, and never the first of a type:
 * whoever does and undoes something for ever pushes out what they did, and nothing of others.
 */
export function appendEntry(
  history: readonly HistoryEntry[],
  entry: Omit<HistoryEntry, 'sequence' | 'time'>,
  time: Time,
): HistoryEntry[] {
  const sequence = (history.at(-1)?.sequence ?? 0) + 1;
  const all = [...history, { sequence, time, ...entry, message: clip(entry.message, 1024) }];
  if (all.length <= KEPT) return all;
  const gone = mostRepeated(all);
  return all.filter((each) => each !== gone);
}

/** Whether so little room is left that what can wait should. */
export function isNearlyFull(history: readonly HistoryEntry[]): boolean {
  return history.length >= NEARLY_FULL;
}

function mostRepeated(history: readonly HistoryEntry[]): HistoryEntry | undefined {
  const types = new Set<HistoryType>();
  const repeats = history.filter(({ type }) => {
    const isRepeat = types.has(type);
    types.add(type);
    return isRepeat;
  });
  const groups = Map.groupBy(repeats, ({ type, actor }) => JSON.stringify([type, actor]));
  return [...groups.values()].reduce((most, group) => (group.length > most.length ? group : most), [])[0];
}
