import type { Job } from '../api/kubernetes.ts';
import { addSeconds, formatTime } from '../api/time.ts';

/** How long Kubernetes may take over a fuse before none is trusted any more, in seconds. */
export const FUSE_PATIENCE = 300;

/**
 * Why no fuse can be trusted, or undefined. Two witnesses: the canary, which must have burned not
 * long ago, and the fuses of real grants, none of which may stay unarmed for long.
 */
export function fuseTrouble(canary: string | undefined, unarmed: Iterable<Job>, now: Date): string | undefined {
  if (canary !== undefined) return canary;
  // The server's times are all of one form, in which they compare as text.
  const limit = formatTime(addSeconds(now, -FUSE_PATIENCE));
  for (const { metadata } of unarmed) {
    if (metadata.creationTimestamp !== undefined && metadata.creationTimestamp < limit) {
      return `the Job controller has left a fuse unarmed for more than ${FUSE_PATIENCE / 60} minutes`;
    }
  }
  return undefined;
}
