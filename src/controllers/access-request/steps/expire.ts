import { parseTime } from '../../../api/time.ts';
import { goOn } from '../../../runtime/step.ts';
import { endOfAccess } from '../../removal.ts';
import { endWith } from '../end.ts';
import type { RequestStep } from '../snapshot.ts';

/**
 * Ends a grant whose time is over. It asks for nothing but the end itself, so nothing that is
 * missing, broken or slow can keep access alive. The binding goes by itself in the urgent lane:
 * where many end at once, every binding is gone before anything is put on record.
 */
export const expire: RequestStep = (snapshot, now) => {
  const { status } = snapshot.request;
  if (status.phase !== 'Active' || status.expiresAt === undefined) return goOn;
  const end = parseTime(status.expiresAt);
  if (now < end) return { next: 'wait', until: end, lane: 'urgent' };
  if (snapshot.binding) {
    const writes = endOfAccess(snapshot.binding);
    if (writes.length === 0) return { next: 'stop', reason: 'its binding is on its way out' };
    return { next: 'write', plan: { writes, then: 'normal' } };
  }
  const message = `its ${status.duration ?? 'time'} is over`;
  return endWith(snapshot, now, { type: 'Expired', reason: 'Expired', message });
};
