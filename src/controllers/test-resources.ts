import { ACCESS_POLICIES } from '../api/access-policy.ts';
import { ACCESS_REQUESTS } from '../api/access-request.ts';
import { ACCESS_REVIEWS } from '../api/access-review.ts';
import {
  ADMISSION_RESOURCES,
  CLUSTER_ROLES,
  CONFIG_MAPS,
  EVENTS,
  JOBS,
  NAMESPACES,
  ROLE_BINDINGS,
  ROLES,
} from '../api/kubernetes.ts';
import { LEASES } from '../runtime/lease.ts';
import type { Resource } from '../runtime/object.ts';

/** What a cluster in memory serves. For tests alone. */
export const RESOURCES: readonly Resource[] = [
  ACCESS_REQUESTS.resource,
  ACCESS_POLICIES.resource,
  NAMESPACES,
  CLUSTER_ROLES,
  ROLE_BINDINGS,
  ROLES,
  JOBS,
  EVENTS,
  CONFIG_MAPS,
  LEASES,
  ACCESS_REVIEWS.resource,
  ...Object.values(ADMISSION_RESOURCES),
];
