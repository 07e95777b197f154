import { ACCESS_REQUESTS, hasEnded, needsAfterReview } from '../../../api/access-request.ts';
import { toSeconds } from '../../../api/duration.ts';
import { objectName } from '../../../api/read.ts';
import { addSeconds, parseTime } from '../../../api/time.ts';
import { goOn } from '../../../runtime/step.ts';
import type { RequestStep } from '../snapshot.ts';

/** What ends in one moment goes over this part of the retention time, so that ten thousand never go in one second. */
const SPREAD = 0.01;

/**
 * An ended request is kept for a while, for whoever asks what happened, and then deleted with its
 * reviews. One that nobody has looked at, though somebody must, is kept until that is done.
 */
export const retire: RequestStep = ({ request, retention }, now) => {
  const { metadata, status } = request;
  if (!hasEnded(request)) return goOn;
  if (metadata.deletionTimestamp !== undefined) return { next: 'stop', reason: 'ended, and on its way out' };
  if (needsAfterReview(request)) return { next: 'stop', reason: 'ended, and kept until it is reviewed' };
  const kept = toSeconds(retention) * (1 + SPREAD * placeOf(metadata.uid));
  const until = addSeconds(parseTime(status.endedAt ?? metadata.creationTimestamp ?? ''), kept);
  if (now < until) return { next: 'wait', until, lane: 'low' };
  const { resource } = ACCESS_REQUESTS;
  const write = { verb: 'delete', resource, name: objectName(metadata), uid: metadata.uid } as const;
  return { next: 'write', plan: { writes: [write], then: 'low' } };
};

/** In [0, 1), by the uid, which is random (RFC 9562, version 4): the same at every look. */
function placeOf(uid: string): number {
  return (Number.parseInt(uid.slice(0, 8), 16) || 0) / 2 ** 32;
}
