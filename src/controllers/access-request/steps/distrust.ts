import { goOn } from '../../../runtime/step.ts';
import { endWith } from '../end.ts';
import type { RequestStep } from '../snapshot.ts';

/**
 * What was made while nobody held it to the truth is refused for good, so that it counts no more
 * after a restart than before: whoever asks, or agreed, may be somebody else (promise P4).
 */
export const distrust: RequestStep = (snapshot, now) => {
  if (snapshot.held || !['Pending', 'Approved'].includes(snapshot.request.status.phase ?? 'Pending')) return goOn;
  return endWith(snapshot, now, {
    type: 'Denied',
    reason: 'AdmissionNotEnforced',
    message:
      'the request, or an approval of it, was made while the admission policies could not be relied on: ask again',
  });
};
