import type { AccessPolicySpec } from '../../api/access-policy.ts';
import { type Check, pass } from '../check.ts';

/** Does the policy permit break-glass, where that is asked for? */
export const checkEmergency: Check<AccessPolicySpec['emergency']> = (permitted, { emergency }) =>
  permitted || !emergency ? pass : { result: 'fail', code: 'EmergencyNotPermitted', wanted: [], got: 'emergency' };
