import type { Grant } from '../identity/grant.ts';
import type { Attack } from './attack.ts';

/** An attack by a call to the API server, on a grant and what is around it. */
export interface Attempt extends Attack<Grant> {
  /** What RBAC asks for before anything else, as in its refusals: a verb and a resource. */
  readonly right: readonly [verb: string, resource: string];
}
