import type { Phase } from '../../api/access-request.ts';
import type { HistoryType } from '../../api/history.ts';
import type { AccessReview } from '../../api/access-review.ts';
import { oneLine } from '../../api/text.ts';
import { formatTime } from '../../api/time.ts';
import type { Plan, Write } from '../../grant/plan.ts';
import type { Outcome } from '../../runtime/step.ts';
import { removal } from '../removal.ts';
import { confirmInputs } from './confirm-inputs.ts';
import { reviewedEntry } from './reviews.ts';
import type { Snapshot } from './snapshot.ts';
import { OPERATOR, statusWrite } from './status.ts';

/** How a request ends. The phase, the history entry and the Event all bear the same word. */
export interface Ending {
  readonly type: Phase & HistoryType;
  /** One word, for machines: why. */
  readonly reason: string;
  /** One line, for people. */
  readonly message: string;
  /** The review that asks for it, where one does. */
  readonly review?: AccessReview;
}

/**
 * Ends a request, whatever it has: the binding first, since that alone gives access, then the
 * fuse, then the record. A crash in between leaves the reason in force, so the next reconcile
 * comes to the same end.
 */
export function endWith(snapshot: Snapshot, now: Date, ending: Ending): Outcome<Plan> {
  return {
    next: 'write',
    plan: { writes: [...removal(snapshot), endedStatus(snapshot, now, ending)], then: 'normal' },
  };
}

/**
 * Denies a request, new or at the moment of granting. A denial is final, so what it rests on is
 * confirmed first.
 */
export function denyWith(snapshot: Snapshot, now: Date, denial: Omit<Ending, 'type'>): Outcome<Plan> {
  const status = endedStatus(snapshot, now, { type: 'Denied', ...denial });
  return { next: 'write', plan: { writes: [...confirmInputs(snapshot), ...removal(snapshot), status], then: 'low' } };
}

/** The status of an ended request. */
export function endedStatus({ request }: Snapshot, now: Date, { type, reason, message, review }: Ending): Write {
  const { phase, reviews } = request.status;
  const deniedBy = type === 'Denied' && review ? oneLine(review.spec.reviewer.username) : undefined;
  const stillApproved = type !== 'Denied' && (phase === 'Approved' || phase === 'Active');
  return statusWrite(request, now, {
    fields: {
      phase: type,
      endedAt: formatTime(now),
      ...(deniedBy === undefined || !reviews ? {} : { reviews: { ...reviews, deniedBy } }),
    },
    conditions: [
      ...(stillApproved ? [] : [{ type: 'Approved', status: 'False' as const, reason, message }]),
      { type: 'Active', status: 'False', reason, message },
      { type: 'Ended', status: 'True', reason, message },
    ],
    entries: [...(review ? [reviewedEntry(review)] : []), { type, reason, actor: OPERATOR, message }],
  });
}
