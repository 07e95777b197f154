import { type Duration, toSeconds } from '../../api/duration.ts';
import { type Check, pass } from '../check.ts';

interface Limits {
  readonly default?: Duration | undefined;
  readonly max: Duration;
}

/**
 * Longer than the policy allows is refused, not cut: whoever asked for 8h and got 4h would find
 * out in the middle of the incident.
 */
export const checkDuration: Check<Limits> = (limits, question) => {
  const asked = effectiveDuration(limits, question.duration);
  if (toSeconds(asked) <= toSeconds(limits.max)) return pass;
  return { result: 'fail', code: 'DurationTooLong', wanted: [limits.max], got: asked };
};

/** How long a grant under these limits lasts: what was asked for, else the default, else the most there is. */
export function effectiveDuration(limits: Limits, asked: Duration | undefined): Duration {
  return asked ?? limits.default ?? limits.max;
}
