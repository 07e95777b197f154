import { findDeny } from '../../../policy/decide.ts';
import { goOn } from '../../../runtime/step.ts';
import { endWith } from '../end.ts';
import { questionOf, type RequestStep } from '../snapshot.ts';

/** A Deny that starts to match ends a grant at once. */
export const obeyDeny: RequestStep = (snapshot, now) => {
  if (snapshot.request.status.phase !== 'Active') return goOn;
  const question = questionOf(snapshot);
  const deny = question && findDeny(snapshot.policies, question);
  if (!deny) return goOn;
  return endWith(snapshot, now, {
    type: 'Revoked',
    reason: 'DeniedByPolicy',
    message: `policy ${deny.name} denies it`,
  });
};
