import { isNearlyFull } from '../../../api/history.ts';
import { goOn } from '../../../runtime/step.ts';
import type { RequestStep } from '../snapshot.ts';

/**
 * A history that is nearly full waits until all that it says is delivered, so that nothing goes
 * before it has been (promise P5). What ends a request waits for nothing, and has the room that is left.
 */
export const awaitRecord: RequestStep = ({ request, undeliveredSince }) => {
  if (!isNearlyFull(request.status.history ?? []) || !undeliveredSince) return goOn;
  return { next: 'stop', reason: 'what its history says is not delivered yet' };
};
