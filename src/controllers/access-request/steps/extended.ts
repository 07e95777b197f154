import { goOn } from '../../../runtime/step.ts';
import { endWith } from '../end.ts';
import type { RequestStep } from '../snapshot.ts';

/** A grant ends when another has taken over from it: the new one exists by then, so there is no gap. */
export const extended: RequestStep = (snapshot, now) => {
  const { request, successor } = snapshot;
  if (request.status.phase !== 'Active' || !successor) return goOn;
  const message = `${successor.metadata.name} has taken over, until ${successor.status.expiresAt ?? 'its end'}`;
  return endWith(snapshot, now, { type: 'Expired', reason: 'Extended', message });
};
