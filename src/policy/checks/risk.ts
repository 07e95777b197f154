import { risks, risksOfRole } from '../../rbac/risks.ts';
import { type Check, pass } from '../check.ts';

/**
 * Could its holder keep, widen or outlive this access? That takes a policy that says so in as many
 * words. A role that does not exist yet is judged when it does.
 */
export const checkRisk: Check<true | undefined> = (allowed, { role, rules = [] }) => {
  if (allowed) return pass;
  const found = role === undefined ? risks(rules) : risksOfRole({ metadata: { name: role }, rules });
  const codes = new Set(found.map(({ code }) => code));
  if (codes.size === 0) return pass;
  return { result: 'fail', code: 'Risky', wanted: [], got: [...codes].join(', ') };
};
