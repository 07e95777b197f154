import type { Job } from '../../api/kubernetes.ts';
import { addSeconds, parseTime } from '../../api/time.ts';
import { FUSE_PATIENCE } from '../../grant/fuse-health.ts';
import type { Step } from '../../runtime/step.ts';

/** How often a canary is lit, in seconds. */
const INTERVAL = 3600;

/** How soon another one is lit after one failed, in seconds. */
const RETRY = 60;

/** What is known of the canary: two Jobs, of which one owns the other. */
export interface CanarySnapshot {
  /** Those of the canary's Jobs that are there. */
  readonly jobs: readonly Job[];
  /** Whether this process has lit one that it has not seen burn down yet. */
  readonly lit: boolean;
  /** When the last one burned as it should; undefined: never, as far as anyone knows. */
  readonly provenAt: Date | undefined;
  /** The same, seen by this process: one is lit at every start. */
  readonly seenAt: Date | undefined;
  readonly failedAt: Date | undefined;
}

/** What can be done about a canary. */
export type CanaryAction = 'light' | 'proven' | 'failed';

/**
 * The canary is a fuse that guards nothing: a Job with a short time to live, and another that it
 * owns. That both vanish, without anyone deleting them, proves the Job controller, the TTL
 * controller and the garbage collector, on which every real fuse depends.
 */
export const watchCanary: Step<CanarySnapshot, CanaryAction> = ({ jobs, lit, seenAt, failedAt }, now) => {
  if (jobs.length > 0) {
    const oldest = jobs.map(({ metadata }) => metadata.creationTimestamp ?? '').toSorted()[0];
    const deadline = oldest ? addSeconds(parseTime(oldest), FUSE_PATIENCE) : now;
    return now < deadline ? { next: 'wait', until: deadline, lane: 'low' } : { next: 'write', plan: 'failed' };
  }
  if (lit) return { next: 'write', plan: 'proven' };
  const due = failedAt ? addSeconds(failedAt, RETRY) : seenAt ? addSeconds(seenAt, INTERVAL) : now;
  return now < due ? { next: 'wait', until: due, lane: 'low' } : { next: 'write', plan: 'light' };
};

/** Why fuses cannot be trusted, going by the canary alone; undefined when they can. */
export function canaryTrouble(
  { provenAt, failedAt }: Pick<CanarySnapshot, 'provenAt' | 'failedAt'>,
  now: Date,
): string | undefined {
  if (failedAt) {
    return `a test fuse did not burn within ${FUSE_PATIENCE / 60} minutes: are the Job, TTL and garbage collector controllers running?`;
  }
  if (provenAt && now < addSeconds(provenAt, INTERVAL + 2 * FUSE_PATIENCE)) return undefined;
  return 'no test fuse has burned lately; one is on its way';
}
