import { clip, oneLine } from '../api/text.ts';
import { isApiError } from '../runtime/errors.ts';
import type { Probe } from './probes.ts';

/** What one dry run has shown. */
export type Answer =
  | { readonly shows: 'enforced' }
  /** The API server would have done what it has to refuse. */
  | { readonly shows: 'not enforced'; readonly fault: string }
  /** Nothing, neither way: no answer, or one that speaks of something else. */
  | { readonly shows: 'nothing'; readonly why: string };

/** How much is told of what the API server said. */
const SAID = 256;

/** What it means that the API server accepted a probe. */
export function accepted({ policy }: Probe): Answer {
  return { shows: 'not enforced', fault: `ValidatingAdmissionPolicy ${policy} is not enforced` };
}

/**
 * What it means that a probe failed with this error. Only a refusal in the policy's name proves
 * anything.
 * @throws what is no error of the API
 */
export function failed({ policy }: Probe, error: unknown): Answer {
  if (!isApiError(error)) throw error;
  if (error.message.includes(`ValidatingAdmissionPolicy '${policy}' with binding '${policy}'`))
    return { shows: 'enforced' };
  return nothing(`what ${policy} has to refuse was answered otherwise`, error);
}

/** That the API server could not be asked at all, or spoke of something else. */
export function nothing(what: string, { message }: Error): Answer {
  return { shows: 'nothing', why: `${what}: ${oneLine(clip(message, SAID))}` };
}
