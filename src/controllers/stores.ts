import type { Logger } from 'pino';
import { ACCESS_POLICIES, type AccessPolicy, readAccessPolicy } from '../api/access-policy.ts';
import { ACCESS_REQUESTS, type AccessRequest, needsAfterReview, readAccessRequest } from '../api/access-request.ts';
import { ACCESS_REVIEWS, type AccessReview, readAccessReview } from '../api/access-review.ts';
import type { Admission } from '../admission/faults.ts';
import { type AdmissionObject, admissionReader } from '../admission/stored.ts';
import {
  ADMISSION_RESOURCES,
  CLUSTER_ROLES,
  type Job,
  JOBS,
  type Namespace,
  NAMESPACES,
  ROLE_BINDINGS,
  ROLES,
  type RoleBinding,
  readJob,
  readNamespace,
  readRoleBinding,
} from '../api/kubernetes.ts';
import { requestUidOf } from '../api/names.ts';
import type { Unreadable } from '../api/read.ts';
import { marksOf, type PersonClaim } from '../policy/person.ts';
import { type ClusterRole, readClusterRole, readRole, type Role } from '../rbac/rules.ts';
import { CommonTexts } from '../runtime/common-texts.ts';
import type { ObjectName } from '../runtime/object.ts';
import { Store } from '../runtime/store.ts';
import { atRest } from './at-rest.ts';

/** Everything the operator knows of the cluster. Of bindings and Jobs it holds the managed ones alone. */
export interface Stores {
  readonly requests: Store<
    AccessRequest | Unreadable,
    'open' | 'namespace' | 'role' | 'extends' | 'emergency' | 'unreviewed'
  >;
  readonly reviews: Store<AccessReview | Unreadable, 'request'>;
  readonly policies: Store<AccessPolicy | Unreadable>;
  readonly namespaces: Store<Namespace>;
  readonly roles: Store<ClusterRole>;
  readonly bindings: Store<RoleBinding>;
  /** Made for requests by permission. */
  readonly ownRoles: Store<Role>;
  readonly fuses: Store<Job, 'unarmed' | 'namespace'>;
  readonly admissionPolicies: Store<AdmissionObject>;
  readonly admissionBindings: Store<AdmissionObject>;
}

/** The one value of the indexes that mean yes. */
export const YES = 'yes';

/** Empty stores; reflectors fill them. */
export function createStores(log: Logger, claim: PersonClaim): Stores {
  // Requests, reviews, bindings and fuses have most of their texts in common.
  const common = { texts: new CommonTexts(), log };
  return {
    requests: new Store({
      resource: ACCESS_REQUESTS.resource,
      read: (object) => atRest(readAccessRequest(object)),
      indexes: {
        open: (request) => (isOpen(request) ? [YES] : []),
        namespace: ({ metadata }) => (metadata.namespace === undefined ? [] : [metadata.namespace]),
        extends: (request) => ('unreadable' in request || !request.spec.extends ? [] : [request.spec.extends.uid]),
        unreviewed: (request) => ('unreadable' in request || !needsAfterReview(request) ? [] : [YES]),
        emergency: (request) => {
          if ('unreadable' in request || request.spec.emergency !== true) return [];
          // By all that tells whose it is: nobody has two by coming as somebody else.
          return isOpen(request) || needsAfterReview(request) ? marksOf(request.spec.requester, claim) : [];
        },
        role: (request) =>
          'unreadable' in request || !isOpen(request) ? [] : request.spec.roleRef ? [request.spec.roleRef.name] : [],
      },
      ...common,
    }),
    reviews: new Store({
      resource: ACCESS_REVIEWS.resource,
      read: readAccessReview,
      indexes: { request: (review) => ('unreadable' in review ? [] : [review.spec.request.uid]) },
      ...common,
    }),
    policies: new Store({ resource: ACCESS_POLICIES.resource, read: readAccessPolicy, ...common }),
    namespaces: new Store({ resource: NAMESPACES, read: readNamespace, ...common }),
    roles: new Store({ resource: CLUSTER_ROLES, read: readClusterRole, ...common }),
    bindings: new Store({ resource: ROLE_BINDINGS, read: readRoleBinding, ...common }),
    ownRoles: new Store({ resource: ROLES, read: readRole, ...common }),
    fuses: new Store({
      resource: JOBS,
      read: readJob,
      indexes: {
        unarmed: ({ complete }) => (complete ? [] : [YES]),
        namespace: ({ metadata }) => (metadata.namespace === undefined ? [] : [metadata.namespace]),
      },
      ...common,
    }),
    admissionPolicies: new Store({
      resource: ADMISSION_RESOURCES.ValidatingAdmissionPolicy,
      read: admissionReader('ValidatingAdmissionPolicy'),
      ...common,
    }),
    admissionBindings: new Store({
      resource: ADMISSION_RESOURCES.ValidatingAdmissionPolicyBinding,
      read: admissionReader('ValidatingAdmissionPolicyBinding'),
      ...common,
    }),
  };
}

/** The admission policies and their bindings, by kind. */
export function admissionIn({ admissionPolicies, admissionBindings }: Stores): Admission {
  return { ValidatingAdmissionPolicy: admissionPolicies, ValidatingAdmissionPolicyBinding: admissionBindings };
}

/** Whether anything may still happen to a request on account of what else changes. */
function isOpen(request: AccessRequest | Unreadable): boolean {
  return !('unreadable' in request) && request.status.endedAt === undefined;
}

/**
 * The request that a managed object belongs to: by the uid in its name, and in its namespace. The
 * same name elsewhere is nobody's.
 */
export function requestOf(
  { requests }: Stores,
  { namespace, name }: ObjectName,
): AccessRequest | Unreadable | undefined {
  const request = requests.byUid(requestUidOf({ name }));
  return request?.metadata.namespace === namespace ? request : undefined;
}
