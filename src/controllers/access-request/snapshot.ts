import type { AccessPolicy } from '../../api/access-policy.ts';
import { type AccessRequest, subjectOfRequest } from '../../api/access-request.ts';
import type { AccessReview } from '../../api/access-review.ts';
import type { Duration } from '../../api/duration.ts';
import type { Namespace } from '../../api/kubernetes.ts';
import type { Unreadable } from '../../api/read.ts';
import type { Pair } from '../../policy/act-as.ts';
import type { PersonClaim } from '../../policy/person.ts';
import type { Question } from '../../policy/question.ts';
import { type ClusterRole, ruleOf } from '../../rbac/rules.ts';
import type { Trouble } from '../../grant/trouble.ts';
import type { Step } from '../../runtime/step.ts';
import type { Parts } from '../removal.ts';
import type { RequestPlan } from './plan.ts';

/** Everything the steps of a request may look at: a view of the stores at one moment. Its parts are what bears this request's name, wherever that comes from. */
export interface Snapshot extends Parts {
  readonly request: AccessRequest;
  /** Undefined while the watch has not shown it yet. */
  readonly namespace: Namespace | undefined;
  /** The ClusterRole asked for, if it exists, and Kubernetes has filled it in. */
  readonly role: ClusterRole | undefined;
  readonly policies: readonly (AccessPolicy | Unreadable)[];
  /** Those of this very request, in its namespace; approvals only as far as admission could be relied on when they were given; the first of those that say the same. */
  readonly reviews: readonly AccessReview[];
  /** What the request extends, if that is there. */
  readonly predecessor: AccessRequest | undefined;
  /** The active request of the same person that has taken over from this one. */
  readonly successor: AccessRequest | undefined;
  /** Other emergencies of the same person. */
  readonly emergencies: readonly AccessRequest[];
  /** Whether admission could be relied on when the request was made, and all that approve of it. */
  readonly held: boolean;
  /** What tells people apart. */
  readonly claim: PersonClaim;
  /** Whether in any of these pairs the one could act as the other; undefined while that is not known. */
  readonly couldActAs: (pairs: readonly Pair[]) => boolean | undefined;
  /** How long an ended request is kept. */
  readonly retention: Duration;
  /** How many requests there are, this one included, whatever became of them. */
  readonly stored: number;
  /** When the newest of what waits to be delivered of its history was taken in; undefined where nothing waits. */
  readonly undeliveredSince: Date | undefined;
  /** Why nothing can be granted right now; undefined when it can. */
  readonly trouble: () => Trouble | undefined;
}

/** A step of a request's reconcile. */
export type RequestStep = Step<Snapshot, RequestPlan>;

/**
 * What the policies are asked: undefined while the namespace is not known yet, and for accounts
 * of the system, which are never given anything.
 */
export function questionOf(snapshot: Snapshot): Question | undefined {
  const { request, namespace } = snapshot;
  const { requester, roleRef, duration: asked } = request.spec;
  const subject = subjectOfRequest(request);
  if (!namespace || !subject) return undefined;
  const duration = request.status.phase === 'Active' ? request.status.duration : asked;
  return {
    requester,
    subject,
    namespace: { name: namespace.metadata.name, labels: namespace.labels },
    ...(roleRef ? { role: roleRef.name } : {}),
    ...rulesOf(snapshot),
    emergency: request.spec.emergency === true,
    ...(duration === undefined ? {} : { duration }),
  };
}

function rulesOf({ request: { spec }, role }: Snapshot): Pick<Question, 'rules'> {
  if (spec.permissions) return { rules: spec.permissions.map(ruleOf) };
  return role ? { rules: role.rules } : {};
}
