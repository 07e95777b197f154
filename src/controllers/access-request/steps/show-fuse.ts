import { findCondition } from '../../../api/condition.ts';
import { goOn } from '../../../runtime/step.ts';
import type { RequestStep } from '../snapshot.ts';
import { statusWrite } from '../status.ts';

/** Shows when the fuse is armed. Nothing waits for it: one that is still queued burns all the same. */
export const showFuse: RequestStep = ({ request, fuse }, now) => {
  if (request.status.phase !== 'Active' || !fuse?.complete) return goOn;
  if (findCondition(request.status.conditions, 'FuseArmed')?.status === 'True') return goOn;
  const write = statusWrite(request, now, {
    conditions: [
      { type: 'FuseArmed', status: 'True', reason: 'Armed', message: 'Kubernetes will end the grant by itself' },
    ],
  });
  return { next: 'write', plan: { writes: [write], then: 'low' } };
};
