import { fromSeconds } from '../../../api/duration.ts';
import { findCondition } from '../../../api/condition.ts';
import { addSeconds } from '../../../api/time.ts';
import { goOn } from '../../../runtime/step.ts';
import { endWith } from '../end.ts';
import type { RequestStep } from '../snapshot.ts';
import { pinnedApproval } from '../reviews.ts';
import { patienceOf, startOf } from '../start.ts';

/** An approved request waits for its start, and lapses when long after it still could not be granted. */
export const awaitStart: RequestStep = (snapshot, now) => {
  const { request } = snapshot;
  if (request.status.phase !== 'Approved') return goOn;
  const start = startOf(request);
  if (now < start) return { next: 'wait', until: start, lane: 'normal' };
  // An emergency asks nobody before, so nobody keeps it waiting.
  const patience = patienceOf(request.spec.emergency ? {} : (pinnedApproval(snapshot) ?? {}));
  const deadline = addSeconds(start, patience);
  if (now < deadline) return { next: 'wait', until: deadline, lane: 'low' };
  const obstacle = findCondition(request.status.conditions, 'Active')?.message ?? 'it could not be granted';
  const message = `${obstacle}; the approval was good for ${fromSeconds(patience)}`;
  return endWith(snapshot, now, { type: 'Lapsed', reason: 'DeadlineExceeded', message });
};
