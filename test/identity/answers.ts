import { expect } from 'vitest';
import type { Answer } from './caller.ts';

/** What to compare an {@link Answer} with. */
export interface Refusal {
  readonly code: number;
  readonly body: unknown;
}

/** The answer's object, where anything else than success would make the rest of the test meaningless. */
export function ok(answer: Answer) {
  const { code, body } = answer;
  if (code >= 300 || body.metadata === undefined) throw new Error(`The API server answered ${code}: ${body.message}`);
  return { ...body, metadata: body.metadata };
}

/** Matches a refusal by this admission policy, whose message goes on like this. */
export function refusedBy(policy: string, message: string): Refusal {
  return refusal(403, `ValidatingAdmissionPolicy '${policy}' with binding '${policy}' denied request: ${message}`);
}

/** Matches a refusal by RBAC, which comes before any admission policy. */
export function refusedByRbac(verb: string, resource: string): Refusal {
  return refusal(403, `cannot ${verb} resource "${resource}"`);
}

/** Matches any refusal with this text in its message. */
export function refusal(code: number, text: string): Refusal {
  const message: unknown = expect.stringContaining(text);
  const body: unknown = expect.objectContaining({ message });
  return { code, body };
}
