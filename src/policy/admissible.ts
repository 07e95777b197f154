import { type AccessRequest } from '../api/access-request.ts';
import { subjectOf } from '../api/identity.ts';
import { addSeconds, parseTime } from '../api/time.ts';

/** Why a request is refused whatever the policies say. */
export interface Objection {
  readonly code: 'SystemAccount' | 'ManagedByGitOps' | 'StartTooFar';
  readonly message: string;
}

const FARTHEST_START = { days: 7, seconds: 7 * 24 * 3600 } as const;

/** What Argo CD and Flux leave on the objects that they keep in being. */
const GITOPS_MARKS = [
  'argocd.argoproj.io/tracking-id',
  'argocd.argoproj.io/instance',
  'kustomize.toolkit.fluxcd.io/name',
  'helm.toolkit.fluxcd.io/name',
] as const;

/** The first thing that makes a request impossible under any policy, or undefined. */
export function findObjection({ metadata, spec }: AccessRequest): Objection | undefined {
  if (!subjectOf(spec.requester.username)) {
    return { code: 'SystemAccount', message: 'system accounts other than service accounts cannot be given access' };
  }
  const mark = GITOPS_MARKS.find((key) => key in { ...metadata.labels, ...metadata.annotations });
  if (mark) {
    const message = `requests are for people and pipelines: ${mark} shows that GitOps would re-create this one after it was revoked`;
    return { code: 'ManagedByGitOps', message };
  }
  if (spec.startTime && metadata.creationTimestamp) {
    const farthest = addSeconds(parseTime(metadata.creationTimestamp), FARTHEST_START.seconds);
    if (parseTime(spec.startTime) > farthest) {
      return {
        code: 'StartTooFar',
        message: `startTime ${spec.startTime} is more than ${FARTHEST_START.days} days ahead`,
      };
    }
  }
  return undefined;
}
