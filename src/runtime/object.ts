/**
 * Kubernetes objects as the API server sends them: plain JSON. The runtime looks at metadata only;
 * what else an object holds is read, and checked, by whoever knows the kind.
 * https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-meta/
 */
export interface KubernetesObject {
  apiVersion?: string;
  kind?: string;
  metadata: ObjectMeta;
  [field: string]: unknown;
}

/** The part of `metadata` that clients commonly read or write. Times are RFC 3339 in whole seconds, UTC. */
export interface ObjectMeta {
  name?: string;
  generateName?: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  /** How long it is given once it is being deleted: 0 for all but Pods. */
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: OwnerReference[];
}

export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

/** Where a kind lives in the API: `/apis/<group>/<version>/…/<plural>`, or `/api/v1/…` for the empty group. */
export interface Resource {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

/** Names one object of a known resource. `namespace` is absent for cluster-scoped kinds. */
export interface ObjectName {
  readonly namespace?: string;
  readonly name: string;
}

/** `namespace/name`, or `name` alone for cluster-scoped objects: what queues, stores and timers go by. */
export function keyOf({ namespace, name }: ObjectName): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** The inverse of {@link keyOf}. Neither namespaces nor names can hold a slash. */
export function nameOf(key: string): ObjectName {
  const slash = key.indexOf('/');
  return slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

/** The `apiVersion` that objects of this resource carry. */
export function apiVersionOf({ group, version }: Resource): string {
  return group === '' ? version : `${group}/${version}`;
}

/** What tells a resource apart, as RBAC and kubectl spell it: `jobs.batch`, and without a dot in the core group. */
export function resourceName({ group, plural }: Resource): string {
  return group === '' ? plural : `${plural}.${group}`;
}

/** What the collector itself holds, because somebody asked for that when deleting; asking otherwise lets it go. */
const CASCADES = ['foregroundDeletion', 'orphan'];

/**
 * Whether deleting it, in the background, does anything. What is being deleted already goes no
 * sooner for being deleted again, unless it was deleted in the foreground, or to orphan: then it
 * may wait for ever for what names it as an owner.
 * https://kubernetes.io/docs/concepts/architecture/garbage-collection/#foreground-deletion
 */
export function canBeDeleted({ deletionTimestamp, finalizers = [] }: ObjectMeta): boolean {
  return deletionTimestamp === undefined || finalizers.some((finalizer) => CASCADES.includes(finalizer));
}
