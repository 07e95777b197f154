import { hasEnded } from '../../../api/access-request.ts';
import { goOn } from '../../../runtime/step.ts';
import { endWith } from '../end.ts';
import type { RequestStep } from '../snapshot.ts';

/** Deleting a request takes its grant back. The finalizer holds the request until that is done and on record. */
export const withdraw: RequestStep = (snapshot, now) => {
  const { request } = snapshot;
  if (hasEnded(request) || request.metadata.deletionTimestamp === undefined) return goOn;
  return endWith(snapshot, now, { type: 'Revoked', reason: 'RequestDeleted', message: 'the request was deleted' });
};
