import { hasEnded, needsAfterReview } from '../../../api/access-request.ts';
import { addSeconds } from '../../../api/time.ts';
import { goOn } from '../../../runtime/step.ts';
import { release } from '../../release.ts';
import { removal } from '../../removal.ts';
import { checkAfterReview } from './after-review.ts';
import type { RequestStep } from '../snapshot.ts';

/** How long what is new in a record is waited for, in seconds: whoever deletes a request waits as long, and must not for ever. */
const PATIENCE = 300;

/**
 * An ended request has no objects, and holds nobody up: what is left of its grant goes, then, once
 * its record is delivered, the finalizer.
 */
export const finish: RequestStep = (snapshot, now) => {
  const { metadata } = snapshot.request;
  if (!hasEnded(snapshot.request)) return goOn;
  const leftovers = removal(snapshot);
  if (leftovers.length > 0) return { next: 'write', plan: { writes: leftovers, then: 'normal' } };
  if (snapshot.binding || snapshot.ownRole || snapshot.fuse)
    return { next: 'stop', reason: 'its objects are on their way out' };
  const unclear = checkAfterReview(snapshot, now);
  if (unclear.next === 'write') return unclear;
  const letGo = release(metadata);
  if (!letGo) return goOn;
  // Deleting it must not make room for another that nobody looks at either. Breakglass removes the finalizer.
  if (needsAfterReview(snapshot.request) && !(snapshot.namespace?.terminating ?? false)) {
    return { next: 'stop', reason: 'held until it is reviewed' };
  }
  const { undeliveredSince } = snapshot;
  const until = undeliveredSince && addSeconds(undeliveredSince, PATIENCE);
  if (until && now < until) return { next: 'wait', until, lane: 'low' };
  return { next: 'write', plan: { writes: [letGo], then: 'low' } };
};
