import type { ObjectMeta } from '../runtime/object.ts';

/**
 * The names that make an object Daypass's own. Admission policies, the sweep and people who look
 * with kubectl go by the same ones (deploy/admission, docs/architecture.md).
 */
export const MANAGED_BY_LABEL = 'app.kubernetes.io/managed-by';
export const MANAGED_BY = 'daypass';

/** Whether this is labelled as made by the operator, and so is what its stores hold. */
export function isManaged({ labels = {} }: Pick<ObjectMeta, 'labels'>): boolean {
  return labels[MANAGED_BY_LABEL] === MANAGED_BY;
}

/** What all that installing Daypass creates is labelled with. */
export const INSTALLED_SELECTOR = 'app.kubernetes.io/name=daypass';

/** What Argo CD and Flux leave on the objects that they keep in being, as label or annotation. */
export const GITOPS_MARKS = [
  'argocd.argoproj.io/tracking-id',
  'argocd.argoproj.io/instance',
  'kustomize.toolkit.fluxcd.io/name',
  'helm.toolkit.fluxcd.io/name',
] as const;

/** Selects every managed object, and nothing else is ever touched. */
export const MANAGED_SELECTOR = `${MANAGED_BY_LABEL}=${MANAGED_BY}`;

/** What all of Daypass's own labels and annotations begin with. */
export const OWN_PREFIX = 'daypass.dev/';

/** Holds an active request until its grant is taken back and on record. */
export const FINALIZER = 'daypass.dev/revoke';

/** On a fuse's selector: no pod may bear it (deploy/admission/fuse-pods.yaml), so no fuse ever adopts one. */
export const FUSE_LABEL = 'daypass.dev/fuse';

/** Marks namespaces in which nothing is ever granted. */
export const PROTECTED_LABEL = 'daypass.dev/protected';

/** Marks ClusterRoles that are aggregated into what the operator may hand out. */
export const GRANTABLE_LABEL = 'daypass.dev/grantable';

/** The aggregated ClusterRole that says which roles the operator may bind. */
export const GRANTABLE_ROLE = 'daypass-grantable';

/** Where the operator runs and as whom: fixed, because admission policies name it. */
export const OPERATOR_NAMESPACE = 'daypass-system';
export const OPERATOR_NAME = 'daypass-operator';

/** Annotations on what Daypass makes: a second source of truth should the request be gone. */
export const ANNOTATION = {
  /** RFC 3339, whole seconds: the end of the grant. */
  expiresAt: 'daypass.dev/expires-at',
  grantedAt: 'daypass.dev/granted-at',
  /** A Duration. */
  ttl: 'daypass.dev/ttl',
  /** Name of the request; its uid is in the object's own name. */
  request: 'daypass.dev/request',
  policy: 'daypass.dev/policy',
  requester: 'daypass.dev/requester',
  approvedBy: 'daypass.dev/approved-by',
  reason: 'daypass.dev/reason',
} as const;

/** What the names of all that is Daypass's begin with, where no kind of its own sets them apart. */
export const PREFIX = 'daypass-';

/** The name that binding and fuse of a request bear, in its namespace. */
export function managedName(requestUid: string): string {
  return PREFIX + requestUid;
}

/** Whether this is the name of binding, Role or fuse of some request: reserved for these (deploy/admission/managed-objects.yaml). */
export function isManagedName({ name = '' }: Pick<ObjectMeta, 'name'>): boolean {
  return /^daypass-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(name);
}

/** The uid of the request that a managed object belongs to, by the object's own name. */
export function requestUidOf({ name = '' }: Pick<ObjectMeta, 'name'>): string {
  return name.startsWith(PREFIX) ? name.slice(PREFIX.length) : '';
}
