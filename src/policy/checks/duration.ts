import { type Duration, toSeconds } from '../../api/duration.ts';
import type { AccessPolicySpec } from '../../api/access-policy.ts';
import { type Check, pass } from '../check.ts';
import type { Question } from '../question.ts';

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

/** The limits that count for this question: in an emergency a policy's own, with its default where that is no longer. */
export function limitsOf(
  { duration, emergency }: Pick<AccessPolicySpec, 'duration' | 'emergency'>,
  question: Pick<Question, 'emergency'>,
): Limits | undefined {
  if (!duration || !question.emergency || !emergency) return duration;
  const usual = duration.default ?? duration.max;
  const max = emergency.maxDuration;
  return { max, default: toSeconds(usual) < toSeconds(max) ? usual : max };
}

/** How long a grant under these limits lasts: what was asked for, else the default, else the most there is. */
export function effectiveDuration(limits: Limits, asked: Duration | undefined): Duration {
  return asked ?? limits.default ?? limits.max;
}
