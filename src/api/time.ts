import { DateTime } from 'luxon';
import { z } from 'zod';

/** A moment as Kubernetes writes it: RFC 3339, read with any offset and fraction, written in UTC. */
export const Time = z
  .string()
  .max(40)
  .regex(
    /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$/,
    'an RFC 3339 time, such as 2026-12-01T09:00:00Z',
  )
  .refine(exists, 'an RFC 3339 time that exists')
  .meta({ format: 'date-time' });
export type Time = z.infer<typeof Time>;

/** RFC 3339 in UTC and whole seconds, rounded down: an end is never written later than it is. */
export function formatTime(date: Date): Time {
  return `${date.toISOString().slice(0, 19)}Z`;
}

/**
 * The moment that `time` names.
 * @throws RangeError if it names none: callers hold what a schema has let through.
 */
export function parseTime(time: Time): Date {
  const parsed = new Date(time);
  if (Number.isNaN(parsed.getTime())) throw new RangeError(`not an RFC 3339 time: ${JSON.stringify(time)}`);
  return parsed;
}

/** `date` moved by whole seconds. */
export function addSeconds(date: Date, seconds: number): Date {
  return new Date(date.getTime() + seconds * 1000);
}

/** JavaScript takes 30 February for 2 March. Our own spelling is told by writing it back, which is far cheaper. */
function exists(text: string): boolean {
  const milliseconds = Date.parse(text);
  if (Number.isNaN(milliseconds)) return false;
  return formatTime(new Date(milliseconds)) === text || DateTime.fromISO(text).isValid;
}
