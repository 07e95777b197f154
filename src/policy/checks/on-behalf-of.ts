import { describeSubject, isSameSubject, type ServiceAccountRef, subjectOf } from '../../api/identity.ts';
import { type Check, pass } from '../check.ts';

/** Is access for the requester themself, or for a service account for which they may ask? */
export const checkOnBehalfOf: Check<readonly ServiceAccountRef[]> = (wanted, { requester, subject }) => {
  const asker = subjectOf(requester.username);
  if (asker && isSameSubject(asker, subject)) return pass;
  if (wanted.some((account) => isSameSubject(account, subject))) return pass;
  return {
    result: 'fail',
    code: 'SubjectNotListed',
    wanted: wanted.map(describeSubject),
    got: describeSubject(subject),
  };
};
