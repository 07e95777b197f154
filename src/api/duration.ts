import { z } from 'zod';
import { spelled } from './text.ts';

/**
 * A span of time as Kubernetes users write it: whole hours, minutes and seconds, largest first
 * (`90s`, `45m`, `1h30m`), and more than none. Narrower than Go's `time.ParseDuration` and than
 * OpenAPI's `format: duration`, which also accepts "2 days": what the API server accepts, we must too.
 */
export const Duration = spelled(
  z.string().max(20),
  /^([0-9]{1,5}h)?([0-9]{1,5}m)?([0-9]{1,6}s)?$/,
  'hours, minutes and seconds, such as 90s, 45m or 1h30m',
  { rule: "self.matches('[1-9]')", message: 'must be more than 0s' },
)
  .refine((text) => secondsIn(text) > 0, 'more than 0s')
  .brand<'Duration'>();
export type Duration = z.infer<typeof Duration>;

const SECONDS_PER_UNIT: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1 };

function secondsIn(text: string): number {
  let seconds = 0;
  for (const [, count, unit = ''] of text.matchAll(/([0-9]+)([hms])/g)) {
    seconds += Number(count) * (SECONDS_PER_UNIT[unit] ?? 0);
  }
  return seconds;
}

/** Length in whole seconds. */
export function toSeconds(duration: Duration): number {
  return secondsIn(duration);
}

/** The shortest spelling of a length in whole seconds, at least 1: `5400` is `1h30m`. */
export function fromSeconds(seconds: number): Duration {
  if (!Number.isSafeInteger(seconds) || seconds < 1) {
    throw new RangeError(`a duration is a whole number of seconds >= 1, got ${seconds}`);
  }
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ] as const;
  return Duration.parse(
    parts
      .filter(([count]) => count > 0)
      .map(([count, unit]) => `${count}${unit}`)
      .join(''),
  );
}
