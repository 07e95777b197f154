import { ACCESS_REQUESTS, hasEnded, needsAfterReview } from '../../../api/access-request.ts';
import { toSeconds } from '../../../api/duration.ts';
import { objectName } from '../../../api/read.ts';
import { addSeconds, parseTime } from '../../../api/time.ts';
import { goOn } from '../../../runtime/step.ts';
import type { RequestStep } from '../snapshot.ts';

/**
 * How many requests are deleted in a second, on average and at most, however many are overdue.
 * Kubernetes' garbage collector, which also burns fuses, deletes about 20 objects a second by default
 * (--kube-api-qps of its controller manager): with two reviews to each request this takes half of
 * that. 50,000 are gone in five hours, and nobody can ask for more than 432,000 a day for long.
 */
const RATE = 5;

/**
 * How long what is new in the record of a request that is due is waited for, in seconds: as long as the
 * API server keeps Events by default (--event-ttl). Where none can be written, requests must not become
 * more for ever.
 */
const PATIENCE = 3600;

/**
 * An ended request is kept for a while, for whoever asks what happened, and then deleted with its
 * reviews. One that nobody has looked at, though somebody must, is kept until that is done. One whose
 * history has not been delivered is kept too: whoever leads next could not read it any more.
 *
 * However many are overdue, and why ever (an outage, a shorter retention, a start), they go one after
 * the other: each in the second that is its turn, and if it misses that, in its next.
 */
export const retire: RequestStep = ({ request, retention, stored, undeliveredSince }, now) => {
  const { metadata, status } = request;
  if (!hasEnded(request)) return goOn;
  if (metadata.deletionTimestamp !== undefined) return { next: 'stop', reason: 'ended, and on its way out' };
  if (needsAfterReview(request)) return { next: 'stop', reason: 'ended, and kept until it is reviewed' };
  const due = addSeconds(parseTime(status.endedAt ?? metadata.creationTimestamp ?? ''), toSeconds(retention));
  if (undeliveredSince) {
    const patience = addSeconds(due < undeliveredSince ? undeliveredSince : due, PATIENCE);
    if (now < patience) return { next: 'wait', until: patience, lane: 'low' };
  }
  const until = turnOf(metadata.uid, stored, due < now ? now : due);
  if (now < until) return { next: 'wait', until, lane: 'low' };
  const { resource } = ACCESS_REQUESTS;
  const write = { verb: 'delete', resource, name: objectName(metadata), uid: metadata.uid, lane: 'low' } as const;
  return { next: 'write', plan: { writes: [write], then: 'low' } };
};

/**
 * The second in which it is the turn of `uid`, this one or the first that comes: the wall clock goes
 * round in a power of two of seconds, enough for all `stored` at {@link RATE}, and the uid, which is
 * random (RFC 9562, version 4), says at which of them. So nothing has to be remembered, a restart
 * changes nothing, and when fewer are left, each keeps the turns that it had.
 */
export function turnOf(uid: string, stored: number, from: Date): Date {
  const round = 2 ** Math.ceil(Math.log2(Math.max(stored / RATE, 1)));
  const second = Math.floor(from.getTime() / 1000);
  const place = Number.parseInt(uid.slice(0, 8), 16) || 0;
  return new Date((second + ((((place - second) % round) + round) % round)) * 1000);
}
