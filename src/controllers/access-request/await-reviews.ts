import { conditionMessage, findCondition } from '../../api/condition.ts';
import { fromSeconds } from '../../api/duration.ts';
import { addSeconds, parseTime } from '../../api/time.ts';
import { explainMissing } from '../../policy/explain-review.ts';
import type { Tally } from '../../policy/tally.ts';
import type { Outcome } from '../../runtime/step.ts';
import type { Decision } from './decision.ts';
import { endWith } from './end.ts';
import type { RequestPlan } from './plan.ts';
import { approvalEntries, reviewsOf, showsReviews } from './reviews.ts';
import type { Snapshot } from './snapshot.ts';
import { patienceOf } from './start.ts';
import { OPERATOR, statusWrite } from './status.ts';

/**
 * Shows what a request waits for, and waits until something about that changes, or until its
 * deadline. So does one that was approved, and has lost an approval before access was given.
 */
export function awaitReviews(
  snapshot: Snapshot,
  now: Date,
  { policy, duration, approval }: Decision & { decision: 'Allow' },
  counted: Tally,
): Outcome<RequestPlan> {
  const { request } = snapshot;
  const { phase, policy: pinned } = request.status;
  const patience = patienceOf(approval);
  const deadline = addSeconds(parseTime(request.metadata.creationTimestamp ?? ''), patience);
  const wanted = explainMissing(counted);
  // What has lost an approval shows that first.
  if (phase !== 'Approved' && now >= deadline) {
    const message = `${wanted}; the request was good for ${fromSeconds(patience)}`;
    return endWith(snapshot, now, { type: 'Lapsed', reason: 'NotApproved', message });
  }
  const { questions: ask } = counted;
  if (ask.length > 0)
    return { next: 'write', plan: { ask, then: 'normal' }, wait: { next: 'wait', until: deadline, lane: 'normal' } };
  const reviews = reviewsOf(counted);
  const message = conditionMessage(`policy ${policy.name}: ${wanted}`);
  const shown = findCondition(request.status.conditions, 'Approved');
  if (
    phase === 'Pending' &&
    pinned?.uid === policy.uid &&
    pinned.generation === policy.generation &&
    request.status.duration === duration &&
    shown?.message === message &&
    showsReviews(snapshot, reviews)
  ) {
    return { next: 'wait', until: deadline, lane: 'normal' };
  }
  const isBack = phase === 'Approved';
  const write = statusWrite(request, now, {
    fields: { phase: 'Pending', policy, duration, reviews },
    conditions: [{ type: 'Approved', status: 'False', reason: 'ReviewsMissing', message }],
    entries: [
      ...approvalEntries(snapshot, counted),
      ...(isBack ? [{ type: 'Reviewed' as const, reason: 'ReviewsMissing', actor: OPERATOR, message }] : []),
    ],
  });
  return { next: 'write', plan: { writes: [write], then: 'normal' } };
}
