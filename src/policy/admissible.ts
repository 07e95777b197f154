import type { AccessRequest } from '../api/access-request.ts';
import { subjectOf } from '../api/identity.ts';
import type { Namespace } from '../api/kubernetes.ts';
import { GITOPS_MARKS, OPERATOR_NAMESPACE, PROTECTED_LABEL } from '../api/names.ts';
import { addSeconds, parseTime } from '../api/time.ts';
import { fencedIn } from '../rbac/fenced.ts';
import { ruleOf } from '../rbac/rules.ts';

/** Why a request is refused whatever the policies say. */
export interface Objection {
  readonly reason: 'SystemAccount' | 'ClosedNamespace' | 'ManagedByGitOps' | 'StartTooFar' | 'NeverByPermission';
  readonly message: string;
}

const FARTHEST_START = { days: 7, seconds: 7 * 24 * 3600 } as const;

/** The first thing that makes a request impossible under any policy, or undefined. */
export function findObjection({ metadata, spec, status }: AccessRequest, namespace: Namespace): Objection | undefined {
  if (!subjectOf(spec.requester.username)) {
    return { reason: 'SystemAccount', message: 'system accounts other than service accounts cannot be given access' };
  }
  if (spec.subject?.namespace === OPERATOR_NAMESPACE) {
    return { reason: 'SystemAccount', message: `service accounts of ${OPERATOR_NAMESPACE} cannot be given access` };
  }
  if (isClosed(namespace)) {
    const message = `nothing is granted in kube-*, in ${OPERATOR_NAMESPACE}, or where the namespace is labelled ${PROTECTED_LABEL}`;
    return { reason: 'ClosedNamespace', message };
  }
  // GitOps creates with its marks; one put on later says nothing about whose request it is, and must not harm it.
  const mark = GITOPS_MARKS.find((key) => key in { ...metadata.labels, ...metadata.annotations });
  if (mark && status.phase === undefined) {
    const message = `requests are for people and pipelines: ${mark} shows that GitOps would re-create this one after it was revoked`;
    return { reason: 'ManagedByGitOps', message };
  }
  if (spec.startTime && metadata.creationTimestamp) {
    const farthest = addSeconds(parseTime(metadata.creationTimestamp), FARTHEST_START.seconds);
    if (parseTime(spec.startTime) > farthest) {
      return {
        reason: 'StartTooFar',
        message: `startTime ${spec.startTime} is more than ${FARTHEST_START.days} days ahead`,
      };
    }
  }
  const fenced = fencedIn((spec.permissions ?? []).map(ruleOf));
  return fenced === undefined ? undefined : { reason: 'NeverByPermission', message: fenced };
}

/** Whether nothing is granted there. The fence (deploy/admission) would refuse it anyway; here the asker learns why. */
export function isClosed({ metadata: { name }, labels }: Namespace): boolean {
  return name.startsWith('kube-') || name === OPERATOR_NAMESPACE || PROTECTED_LABEL in labels;
}
