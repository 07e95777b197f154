import { z } from 'zod';
import { SHIPPED } from '../../src/admission/shipped.ts';
import type { Answer } from '../identity/caller.ts';
import type { Barrier } from './attack.ts';

/** One validation of a policy in deploy/admission. */
export interface Validation extends Barrier {
  readonly policy: string;
  /** Its place among the validations of the policy. */
  readonly index: number;
  /** What is true of everything that it lets in. */
  readonly expression: string;
}

const Spec = z.looseObject({
  validations: z.array(
    z.looseObject({ expression: z.string(), message: z.string(), reason: z.enum(['Forbidden']).optional() }),
  ),
});

const EVERY = SHIPPED.filter(({ kind }) => kind === 'ValidatingAdmissionPolicy').flatMap(({ name: policy, spec }) =>
  Spec.parse(spec).validations.map((each, index) => ({ ...each, policy, index })),
);

/** Every validation of every policy that is shipped. */
export const VALIDATIONS: readonly Validation[] = EVERY.map(toBarrier);

/**
 * The validation of this policy whose message begins like this. Policies change: that there is one
 * is checked here, and its place looked up.
 *
 * @param options `nth` (from 0) where several say the same; `told` is how it begins what people
 *   are told, where that is not the message but the result of a messageExpression
 */
export function validation(
  policy: string,
  begins: string,
  { nth, told }: { nth?: number; told?: string } = {},
): Validation {
  const found = EVERY.filter((each) => each.policy === policy && each.message.startsWith(begins));
  const one = found[nth ?? 0];
  if (one === undefined || (nth === undefined && found.length > 1)) {
    throw new Error(`${found.length} validations of ${policy} begin with: ${begins}`);
  }
  return toBarrier({ ...one, message: told ?? one.message });
}

/** Whether a barrier is a validation. */
export function isValidation(barrier: Barrier): barrier is Validation {
  return 'policy' in barrier;
}

/** RBAC, which speaks before admission does. */
export function rbac(verb: string, resource: string): Barrier {
  return refusal(403, `cannot ${verb} resource "${resource}"`);
}

/** What stops an attack that takes a right which RBAC does not give. */
export function byRbac(verb: string, resource: string): { right: [string, string]; stoppedBy: Barrier } {
  return { right: [verb, resource], stoppedBy: rbac(verb, resource) };
}

/** RBAC's own rule that nobody hands out what they do not have. */
export const ESCALATION: Barrier = refusal(403, 'is attempting to grant RBAC permissions not currently held');

/** A rule in the schema of a kind, which the API server holds against an object before admission sees it. */
export function schema(says: string): Barrier {
  return refusal(422, says);
}

/** Any refusal with this in its message. */
export function refusal(code: number, says: string): Barrier {
  return { name: says, stops: (answer) => answer.code === code && said(answer).includes(says) };
}

function toBarrier({ policy, index, expression, message, reason }: (typeof EVERY)[number]): Validation {
  const code = reason === 'Forbidden' ? 403 : 422;
  const whole = `ValidatingAdmissionPolicy '${policy}' with binding '${policy}' denied request: ${message}`;
  return {
    name: `${policy}, validation ${index}: ${message}`,
    policy,
    index,
    expression,
    stops: (answer) => answer.code === code && said(answer).includes(whole),
  };
}

function said({ body }: Answer): string {
  return body.message ?? '';
}
