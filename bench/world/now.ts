import { setTimeout as pause } from 'node:timers/promises';

/** Milliseconds since 1970, with fractions, and never going back: for spans and for comparing with times in objects. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}

/** Resolves at this time. */
export async function until(time: number): Promise<void> {
  await pause(Math.max(0, time - now()));
}
