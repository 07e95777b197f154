import { type Check, pass } from '../check.ts';

/** Is the ClusterRole asked for among those listed? */
export const checkRoles: Check<readonly string[]> = (wanted, { role }) =>
  wanted.includes(role) ? pass : { result: 'fail', code: 'RoleNotListed', wanted, got: role };
