import type { RequesterRef } from '../../api/access-policy.ts';
import { type Check, pass } from '../check.ts';
import { describeRef, means } from '../ref.ts';

/** Is the requester among those listed? */
export const checkRequesters: Check<readonly RequesterRef[]> = (wanted, { requester }) => {
  if (wanted.some((ref) => means(ref, requester))) return pass;
  return {
    result: 'fail',
    code: 'RequesterNotListed',
    wanted: wanted.map(describeRef),
    got: requester.username,
  };
};
