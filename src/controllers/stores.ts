import type { Logger } from 'pino';
import { ACCESS_POLICIES, type AccessPolicy, readAccessPolicy } from '../api/access-policy.ts';
import { ACCESS_REQUESTS, type AccessRequest, readAccessRequest } from '../api/access-request.ts';
import { ACCESS_REVIEWS, type AccessReview, readAccessReview } from '../api/access-review.ts';
import {
  CLUSTER_ROLES,
  type Job,
  JOBS,
  type Namespace,
  NAMESPACES,
  ROLE_BINDINGS,
  type RoleBinding,
  readJob,
  readNamespace,
  readRoleBinding,
} from '../api/kubernetes.ts';
import { requestUidOf } from '../api/names.ts';
import type { Unreadable } from '../api/read.ts';
import { type ClusterRole, readClusterRole } from '../rbac/rules.ts';
import type { ObjectName } from '../runtime/object.ts';
import { Store } from '../runtime/store.ts';

/** Everything the operator knows of the cluster. Of bindings and Jobs it holds the managed ones alone. */
export interface Stores {
  readonly requests: Store<AccessRequest | Unreadable, 'open' | 'namespace' | 'role'>;
  readonly reviews: Store<AccessReview | Unreadable, 'request'>;
  readonly policies: Store<AccessPolicy | Unreadable>;
  readonly namespaces: Store<Namespace>;
  readonly roles: Store<ClusterRole>;
  readonly bindings: Store<RoleBinding>;
  readonly fuses: Store<Job, 'unarmed' | 'namespace'>;
}

/** The one value of the indexes that mean yes. */
export const YES = 'yes';

/** Empty stores; reflectors fill them. */
export function createStores(log: Logger): Stores {
  return {
    requests: new Store({
      resource: ACCESS_REQUESTS.resource,
      read: readAccessRequest,
      indexes: {
        open: (request) => (isOpen(request) ? [YES] : []),
        namespace: ({ metadata }) => (metadata.namespace === undefined ? [] : [metadata.namespace]),
        role: (request) => ('unreadable' in request || !isOpen(request) ? [] : [request.spec.roleRef.name]),
      },
      log,
    }),
    reviews: new Store({
      resource: ACCESS_REVIEWS.resource,
      read: readAccessReview,
      indexes: { request: (review) => ('unreadable' in review ? [] : [review.spec.request.uid]) },
      log,
    }),
    policies: new Store({ resource: ACCESS_POLICIES.resource, read: readAccessPolicy, log }),
    namespaces: new Store({ resource: NAMESPACES, read: readNamespace, log }),
    roles: new Store({ resource: CLUSTER_ROLES, read: readClusterRole, log }),
    bindings: new Store({ resource: ROLE_BINDINGS, read: readRoleBinding, log }),
    fuses: new Store({
      resource: JOBS,
      read: readJob,
      indexes: {
        unarmed: ({ complete }) => (complete ? [] : [YES]),
        namespace: ({ metadata }) => (metadata.namespace === undefined ? [] : [metadata.namespace]),
      },
      log,
    }),
  };
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
