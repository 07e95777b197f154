import type { AccessPolicy } from '../../api/access-policy.ts';
import type { AccessRequest } from '../../api/access-request.ts';
import type { AccessReview } from '../../api/access-review.ts';
import { type Identity, subjectOf } from '../../api/identity.ts';
import type { Job, Namespace, RoleBinding } from '../../api/kubernetes.ts';
import type { Unreadable } from '../../api/read.ts';
import type { PersonClaim } from '../../policy/person.ts';
import type { Question } from '../../policy/question.ts';
import type { ClusterRole } from '../../rbac/rules.ts';
import type { Step } from '../../runtime/step.ts';
import type { RequestPlan } from './plan.ts';

/** Everything the steps of a request may look at: a view of the stores at one moment. */
export interface Snapshot {
  readonly request: AccessRequest;
  /** The managed objects under this request's name, wherever they come from. */
  readonly binding: RoleBinding | undefined;
  readonly fuse: Job | undefined;
  /** Undefined while the watch has not shown it yet. */
  readonly namespace: Namespace | undefined;
  /** The role asked for, if it exists. */
  readonly role: ClusterRole | undefined;
  readonly policies: readonly (AccessPolicy | Unreadable)[];
  /** Those of this very request, in its namespace. */
  readonly reviews: readonly AccessReview[];
  /** What tells people apart. */
  readonly claim: PersonClaim;
  /** Whether reviewer and requester could be one person behind a service account; undefined while that is not known. */
  readonly couldActAs: (reviewer: Identity) => boolean | undefined;
  /** Whether all that the history says has been delivered. */
  readonly delivered: () => boolean;
  /** Why no fuse can be trusted right now; undefined when they work. */
  readonly fuseTrouble: () => string | undefined;
}

/** A step of a request's reconcile. */
export type RequestStep = Step<Snapshot, RequestPlan>;

/**
 * What the policies are asked: undefined while the namespace is not known yet, and for accounts
 * of the system, which are never given anything.
 */
export function questionOf({ request, namespace }: Snapshot): Question | undefined {
  const { requester, roleRef, duration: asked } = request.spec;
  const subject = subjectOf(requester.username);
  if (!namespace || !subject) return undefined;
  const duration = request.status.phase === 'Active' ? request.status.duration : asked;
  return {
    requester,
    subject,
    namespace: { name: namespace.metadata.name, labels: namespace.labels },
    role: roleRef.name,
    ...(duration === undefined ? {} : { duration }),
  };
}
