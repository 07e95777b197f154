import type { Phase } from '../../../api/access-request.ts';
import { goOn } from '../../../runtime/step.ts';
import { release } from '../../release.ts';
import { removal } from '../../removal.ts';
import type { RequestStep } from '../snapshot.ts';

const ENDED: ReadonlySet<Phase | undefined> = new Set<Phase>(['Expired', 'Revoked', 'Denied', 'Lapsed', 'Failed']);

/**
 * An ended request has no objects, and holds nobody up: what is left of its grant goes, then, once
 * its record is delivered, the finalizer. Nothing else ever happens to it.
 */
export const finish: RequestStep = (snapshot) => {
  const { metadata, status } = snapshot.request;
  if (!ENDED.has(status.phase)) return goOn;
  const leftovers = removal(snapshot);
  if (leftovers.length > 0) return { next: 'write', plan: { writes: leftovers, then: 'normal' } };
  const letGo = release(metadata);
  if (!letGo) return { next: 'stop', reason: 'ended' };
  if (!snapshot.delivered()) return { next: 'stop', reason: 'the record is still being delivered' };
  return { next: 'write', plan: { writes: [letGo], then: 'low' } };
};
