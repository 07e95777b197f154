import { JOBS, ROLE_BINDINGS } from '../api/kubernetes.ts';
import {
  ANNOTATION,
  MANAGED_BY,
  MANAGED_BY_LABEL,
  managedName,
  OPERATOR_NAME,
  OPERATOR_NAMESPACE,
} from '../api/names.ts';
import { addSeconds, formatTime } from '../api/time.ts';
import { fuseSpec } from '../grant/objects.ts';
import { apiVersionOf, type KubernetesObject, type Resource } from '../runtime/object.ts';

/**
 * An object that the operator may not create, because of one validation of one admission policy
 * and nothing else: of several policies that object any may be the one that is named, and RBAC
 * speaks before all of them.
 */
export interface Probe {
  readonly policy: string;
  readonly resource: Resource;
  readonly object: KubernetesObject;
}

/** In seconds: any length of time that a grant may last, and any time that a fuse may burn. */
const AN_HOUR = 3600;

/** The name of a request that is none. */
const NOBODY = '00000000-0000-4000-8000-000000000000';

/**
 * What proves that the fence around the operator stands: the policies that its own writes are
 * judged by. No write of its own shows whether the others do. `namespace` is one in which something
 * may be granted.
 */
export function probes(namespace: string, now: Date): readonly Probe[] {
  return [
    { policy: 'daypass-fence-objects', resource: JOBS, object: fuseInOwnNamespace('daypass-probe') },
    { policy: 'daypass-fence-jobs', resource: JOBS, object: canaryThatRuns('daypass-canary-probe') },
    { policy: 'daypass-fence-rolebindings', resource: ROLE_BINDINGS, object: grantOfOwnRole(namespace, now) },
  ];
}

/** In order, but for where it is. */
function fuseInOwnNamespace(name: string): KubernetesObject {
  return job(name, {});
}

/** In order, but for a pod. */
function canaryThatRuns(name: string): KubernetesObject {
  return job(name, { completions: 1 });
}

function job(name: string, change: object): KubernetesObject {
  const metadata = { name, namespace: OPERATOR_NAMESPACE, labels: { [MANAGED_BY_LABEL]: MANAGED_BY } };
  return { metadata, spec: { ...fuseSpec(name, AN_HOUR), ...change } };
}

/**
 * In order, but for the role: RBAC lets the operator bind what it holds itself, and that is the
 * role it works with, which nobody may be granted.
 */
function grantOfOwnRole(namespace: string, now: Date): KubernetesObject {
  const name = managedName(NOBODY);
  return {
    metadata: {
      name,
      namespace,
      labels: { [MANAGED_BY_LABEL]: MANAGED_BY },
      annotations: { [ANNOTATION.expiresAt]: formatTime(addSeconds(now, AN_HOUR)) },
      ownerReferences: [{ apiVersion: apiVersionOf(JOBS), kind: JOBS.kind, name, uid: NOBODY }],
    },
    roleRef: { apiGroup: ROLE_BINDINGS.group, kind: 'ClusterRole', name: OPERATOR_NAME },
    subjects: [{ apiGroup: ROLE_BINDINGS.group, kind: 'User', name: 'nobody' }],
  };
}
