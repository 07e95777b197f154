import type { Lane } from './lanes.ts';

/**
 * A reconcile is a list of steps, tried in order until one has an answer. A step reads a snapshot
 * of the stores and the time, and says what should happen; it never does it. Every decision can
 * be tested without a cluster, and one place (the driver) talks to the API server, and can be
 * crashed, delayed or simulated.
 */
export type Step<Snapshot, Plan> = (snapshot: Snapshot, now: Date) => Outcome<Plan>;

/** Nothing to do before this moment; then look again, in this lane. The earliest over all steps counts. */
interface Wait {
  next: 'wait';
  until: Date;
  lane: Lane;
}

export type Outcome<Plan> =
  /** Nothing for this step to do: ask the next one. */
  | { next: 'continue' }
  /**
   * Carry this out, then reconcile again from what it changed. `wait` is what earlier steps wait
   * for, set by {@link firstOutcome}: a plan that fails or takes long must make nobody miss it.
   */
  | { next: 'write'; plan: Plan; wait?: Wait }
  | Wait
  /** Settled; `reason` is for the log, at debug level. */
  | { next: 'stop'; reason: string };

export const goOn = { next: 'continue' } as const satisfies Outcome<never>;

/**
 * The first answer of `steps` that is not `continue`; where steps only wait, the earliest moment,
 * which goes with a write too.
 * Pure, so it may run at any time, twice, or after a crash between any two writes.
 */
export function firstOutcome<Snapshot, Plan>(
  steps: readonly Step<Snapshot, Plan>[],
  snapshot: Snapshot,
  now: Date,
): Outcome<Plan> {
  let earliest: Wait | undefined;
  for (const step of steps) {
    const outcome = step(snapshot, now);
    if (outcome.next === 'write') return earliest ? { ...outcome, wait: earliest } : outcome;
    if (outcome.next === 'stop') return earliest ?? outcome;
    if (outcome.next === 'wait' && (!earliest || outcome.until < earliest.until)) earliest = outcome;
  }
  return earliest ?? goOn;
}
