import type { Question } from './question.ts';

/** What a policy can be asked about, each by a check of its own. */
export type CheckName = 'requesters' | 'namespaces' | 'access' | 'risk' | 'onBehalfOf' | 'emergency' | 'duration';

/**
 * What a check found. `wanted` and `got` are data, never prose: text is rendered late, from the
 * code, by whoever shows it. `errored` is neither yes nor no: in an Allow it does not permit, in a
 * Deny it counts as matching (promise P6).
 */
export type Finding =
  | { readonly result: 'pass' }
  | { readonly result: 'fail'; readonly code: FailureCode; readonly wanted: readonly string[]; readonly got: string }
  | { readonly result: 'errored'; readonly error: string };

/** Why a check does not pass. */
export type FailureCode =
  | 'RequesterNotListed'
  | 'SubjectNotListed'
  | 'NamespaceNotListed'
  | 'RoleNotListed'
  | 'PermissionsNotListed'
  | 'Risky'
  | 'EmergencyNotPermitted'
  | 'DurationTooLong';

/** One question that a policy asks of a request, over one field of its spec. Pure. */
export type Check<Field> = (wanted: Field, question: Question) => Finding;

export const pass = { result: 'pass' } as const satisfies Finding;
