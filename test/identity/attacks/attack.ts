import type { Refusal } from '../answers.ts';
import type { Answer, Caller } from '../caller.ts';
import type { Grant } from '../grant.ts';

/** Something that nobody but the operator may do, and who must refuse it. */
export interface Attack {
  readonly title: string;
  /** What RBAC asks for, as in its refusals: a verb and a resource. */
  readonly right: readonly [verb: string, resource: string];
  /** How it is refused to those who have that right. */
  readonly refusal: Refusal;
  readonly run: (attacker: Caller, grant: Grant) => Promise<Answer>;
}
