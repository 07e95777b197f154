import { ACCESS_REQUESTS, type AccessRequest, subjectOfRequest } from '../api/access-request.ts';
import { toSeconds } from '../api/duration.ts';
import { JOBS, ROLE_BINDINGS, ROLES } from '../api/kubernetes.ts';
import type { Subject } from '../api/identity.ts';
import { ANNOTATION, FUSE_LABEL, MANAGED_BY, MANAGED_BY_LABEL, managedName } from '../api/names.ts';
import type { Metadata } from '../api/read.ts';
import {
  apiVersionOf,
  type KubernetesObject,
  type ObjectMeta,
  type OwnerReference,
  type Resource,
} from '../runtime/object.ts';
import type { Terms } from './terms.ts';

/** How long a fuse burns beyond the end, in seconds: time for the operator to end the grant itself, on record. */
export const FUSE_GRACE = 30;

const RBAC_GROUP = ROLE_BINDINGS.group;

/**
 * The fuse of a grant: a Job that is complete at once, because it wants no pods, and whose time to
 * live makes Kubernetes itself delete it, and with it the binding that it owns, even when no
 * Daypass process is left (promise P2).
 * https://kubernetes.io/docs/concepts/workloads/controllers/ttlafterfinished/
 */
export function fuseFor(request: AccessRequest, terms: Terms): KubernetesObject {
  return {
    apiVersion: apiVersionOf(JOBS),
    kind: JOBS.kind,
    metadata: managedMeta(request, terms, ownerOf(ACCESS_REQUESTS.resource, request.metadata)),
    spec: fuseSpec(managedName(request.metadata.uid), toSeconds(terms.duration) + FUSE_GRACE),
  };
}

/**
 * The spec of the Job `name`, which wants no pods, and which Kubernetes deletes `ttl` seconds after
 * it has begun. It selects pods that nobody can make: with the selector that Kubernetes would
 * choose, planted pods could be adopted, and keep the Job from ever finishing.
 */
export function fuseSpec(name: string, ttl: number): object {
  const labels = { [FUSE_LABEL]: name };
  const container = { name: 'never', image: 'daypass.invalid/never' };
  return {
    completions: 0,
    parallelism: 0,
    ttlSecondsAfterFinished: ttl,
    manualSelector: true,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { restartPolicy: 'Never', containers: [container] } },
  };
}

/**
 * The binding of a grant: one subject, one role, this namespace (promise P3). The fuse is its one
 * owner: with two, the collector would wait for both.
 * @throws TypeError for a requester that no subject stands for; such a request is never approved.
 */
export function bindingFor(request: AccessRequest, terms: Terms, fuse: Metadata): KubernetesObject {
  const subject = subjectOfRequest(request);
  if (!subject) throw new TypeError('a system account cannot be the subject of a binding');
  return {
    apiVersion: apiVersionOf(ROLE_BINDINGS),
    kind: ROLE_BINDINGS.kind,
    metadata: managedMeta(request, terms, ownerOf(JOBS, fuse)),
    subjects: [rbacSubject(subject)],
    roleRef: { apiGroup: RBAC_GROUP, ...roleRefOf(request) },
  };
}

/** Its own Role for a request by permission, else the ClusterRole that it names. */
function roleRefOf({ metadata, spec: { roleRef } }: AccessRequest): { kind: string; name: string } {
  return roleRef ?? { kind: ROLES.kind, name: managedName(metadata.uid) };
}

/** The Role of a request by permission: exactly the rules asked for (promise P3). The fuse owns it too. */
export function roleFor(request: AccessRequest, terms: Terms, fuse: Metadata): KubernetesObject {
  return {
    apiVersion: apiVersionOf(ROLES),
    kind: ROLES.kind,
    metadata: managedMeta(request, terms, ownerOf(JOBS, fuse)),
    rules: request.spec.permissions ?? [],
  };
}

function managedMeta({ metadata, spec, status }: AccessRequest, terms: Terms, owner: OwnerReference): ObjectMeta {
  const { approvedBy = [] } = status.reviews ?? {};
  return {
    name: managedName(metadata.uid),
    namespace: metadata.namespace,
    labels: { [MANAGED_BY_LABEL]: MANAGED_BY },
    annotations: {
      [ANNOTATION.grantedAt]: terms.grantedAt,
      [ANNOTATION.expiresAt]: terms.expiresAt,
      [ANNOTATION.ttl]: terms.duration,
      [ANNOTATION.request]: metadata.name,
      [ANNOTATION.policy]: status.policy?.name ?? '',
      [ANNOTATION.requester]: spec.requester.username,
      ...(approvedBy.length === 0 ? {} : { [ANNOTATION.approvedBy]: approvedBy.join(',') }),
      ...(spec.reason === undefined ? {} : { [ANNOTATION.reason]: spec.reason }),
    },
    ownerReferences: [owner],
  };
}

function ownerOf(resource: Resource, { name, uid }: Metadata): OwnerReference {
  return { apiVersion: apiVersionOf(resource), kind: resource.kind, name, uid };
}

function rbacSubject(subject: Subject) {
  return subject.kind === 'User'
    ? { kind: subject.kind, apiGroup: RBAC_GROUP, name: subject.name }
    : { kind: subject.kind, namespace: subject.namespace, name: subject.name };
}
