import { type Duration, toSeconds } from '../api/duration.ts';
import { addSeconds, formatTime, type Time } from '../api/time.ts';

/**
 * From when to when, fixed at the moment access is armed and never moved: the request, the fuse
 * and the binding all carry the same.
 */
export interface Terms {
  readonly grantedAt: Time;
  readonly expiresAt: Time;
  readonly duration: Duration;
}

/** The terms of a grant that starts at `start`. Rounding down keeps it from ever being longer (promise P2). */
export function termsFrom(start: Date, duration: Duration): Terms {
  const grantedAt = formatTime(start);
  return { grantedAt, expiresAt: formatTime(addSeconds(new Date(grantedAt), toSeconds(duration))), duration };
}
