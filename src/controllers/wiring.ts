import { isDeepStrictEqual } from 'node:util';
import type { AdmissionObject } from '../admission/stored.ts';
import type { AccessRequest } from '../api/access-request.ts';
import type { AccessReview } from '../api/access-review.ts';
import type { Job } from '../api/kubernetes.ts';
import { managedName, OPERATOR_NAMESPACE } from '../api/names.ts';
import { type Metadata, objectName, type Unreadable } from '../api/read.ts';
import { keyOf } from '../runtime/object.ts';
import type { Lane } from '../runtime/lanes.ts';
import type { Change } from '../runtime/store.ts';
import { requestOf, type Stores, YES } from './stores.ts';

/** Where what changed goes on every replica. */
export interface CommonSinks {
  readonly overdue: (key: string) => void;
  readonly admission: (change: Change<AdmissionObject>) => void;
  /** Of a request or review. */
  readonly existence: (metadata: Metadata, exists: boolean) => void;
}

/** Where the keys of what changed go on the one that leads. */
export interface Sinks {
  readonly request: (key: string, lane: Lane) => void;
  readonly review: (key: string) => void;
  /** That something has changed for all reviews that name the request with this uid. */
  readonly weighing: (uid: string) => void;
  readonly managed: (key: string) => void;
  readonly policy: (key: string) => void;
  readonly canary: () => void;
  readonly history: (change: Change<AccessRequest | Unreadable>) => void;
}

/** Which change concerns every replica. */
export function wireAlways(stores: Stores, { overdue, admission, existence }: CommonSinks): void {
  for (const store of [stores.requests, stores.reviews]) {
    store.subscribe(({ before, after }: Change<{ metadata: Metadata }>) => {
      if (!before && after) existence(after.metadata, true);
      if (before && !after) existence(before.metadata, false);
    });
  }
  stores.bindings.subscribe(({ key }) => overdue(key));
  for (const store of [stores.admissionPolicies, stores.admissionBindings]) {
    store.subscribe((change) => {
      if ((change.after ?? change.before)?.shipped) admission(change);
    });
  }
}

/**
 * Which change concerns which key: the only place that knows. All that is there already is looked
 * at first. Handlers only enqueue; whatever concerns a running grant goes ahead of new ones,
 * because it may end it. Returns what ends it.
 */
export function wire(stores: Stores, sinks: Sinks): () => void {
  const ends = [
    stores.requests.subscribe((change) => requestChanged(stores, sinks, change)),
    stores.reviews.subscribe(({ key, before, after }) => {
      if (after) sinks.review(key);
      // The specs of reviews never change; whether they are there at all is what concerns the request, and others.
      if (before && after && after.metadata.deletionTimestamp === before.metadata.deletionTimestamp) return;
      reviewed(stores, sinks, after ?? before);
    }),
    stores.bindings.subscribe((change) => managedChanged(stores, sinks, change, 'urgent')),
    stores.ownRoles.subscribe((change) => managedChanged(stores, sinks, change, 'urgent')),
    stores.fuses.subscribe((change) => {
      managedChanged(stores, sinks, change, isArming(change) ? 'low' : 'urgent');
    }),
    stores.policies.subscribe(({ key, before, after }) => {
      if (after) sinks.policy(key);
      // Own writes of its status leave the generation alone, and concern nobody.
      if (before?.metadata.generation === after?.metadata.generation) return;
      // What is over and unreviewed is looked at too: who may review it is up to the policy.
      const concerned = [...stores.requests.list('open', YES), ...stores.requests.list('unreviewed', YES)];
      enqueueAll(stores, concerned, sinks);
    }),
    stores.namespaces.subscribe(({ before, after }) => {
      const [labels, terminating] = [JSON.stringify(after?.labels), after?.terminating];
      if (before && labels === JSON.stringify(before.labels) && terminating === before.terminating) return;
      enqueueAll(stores, stores.requests.list('namespace', (after ?? before)?.metadata.name ?? ''), sinks);
    }),
    stores.roles.subscribe(({ key, before, after }) => {
      if (before?.rulesHash === after?.rulesHash) return;
      enqueueAll(stores, stores.requests.list('role', key), sinks);
      for (const { metadata } of stores.policies.values()) sinks.policy(metadata.name);
    }),
  ];
  lookAtAll(stores, sinks);
  return () => ends.forEach((end) => end());
}

/** Namespaces and roles concern nobody but requests and policies, which are all looked at anyway. */
function lookAtAll(stores: Stores, sinks: Sinks): void {
  for (const request of stores.requests.values()) {
    requestChanged(stores, sinks, { key: keyOf(request.metadata), after: request });
  }
  for (const review of stores.reviews.values()) {
    sinks.review(keyOf(review.metadata));
    if (!('unreadable' in review)) sinks.weighing(review.spec.request.uid);
  }
  for (const store of [stores.bindings, stores.ownRoles, stores.fuses]) {
    for (const item of store.values()) {
      managedChanged(stores, sinks, { key: keyOf(item.metadata), after: item }, 'urgent');
    }
  }
  for (const { metadata } of stores.policies.values()) sinks.policy(metadata.name);
}

function requestChanged(stores: Stores, sinks: Sinks, change: Change<AccessRequest | Unreadable>): void {
  sinks.history(change);
  const changed = change.after ?? change.before;
  if (changed) reviewsConcerned(stores, sinks, changed);
  const extended = change.after && 'spec' in change.after ? change.after.spec.extends : undefined;
  if (extended) {
    const before = stores.requests.byUid(extended.uid);
    if (before) sinks.request(keyOf(before.metadata), laneOf(stores, before)); // whoever names it, it has the lane of its own
  }
  // A request that is gone is looked at once more, so that nothing is kept for it.
  sinks.request(change.key, change.after ? laneOf(stores, change.after) : 'low');
  if (!change.after || 'unreadable' in change.after) sinks.managed(managedKey(change));
}

/** `lane` is for a change of what was there, and counts as long as there is a binding: without one there is no access to end. */
function managedChanged(
  stores: Stores,
  sinks: Sinks,
  { key, before, after }: Change<{ metadata: Metadata }>,
  lane: Lane,
): void {
  const metadata = (after ?? before)?.metadata;
  if (!metadata) return;
  if (metadata.namespace === OPERATOR_NAMESPACE) {
    // Nothing is granted there, so these are the canary's, which nobody may help to burn.
    sinks.canary();
    return;
  }
  const request = requestOf(stores, metadata);
  if (!request || 'unreadable' in request) sinks.managed(key);
  else if (before && stores.bindings.get(key)) sinks.request(keyOf(request.metadata), lane);
  else sinks.request(keyOf(request.metadata), laneOf(stores, request));
}

/** Whether all that happened is what happens to every fuse: the Job controller has completed it. */
function isArming({ before, after }: Change<Job>): boolean {
  if (!before || !after || before.complete || !after.complete) return false;
  return isDeepStrictEqual(essenceOf(before), essenceOf(after));
}

function essenceOf({ spec, metadata }: Job): object {
  const { labels, annotations, ownerReferences, deletionTimestamp } = metadata;
  return { spec, labels, annotations, ownerReferences, deletionTimestamp };
}

/** One person's review can make another's count, or no longer. */
function reviewed(stores: Stores, sinks: Sinks, review: AccessReview | Unreadable | undefined): void {
  if (!review || 'unreadable' in review) return;
  const { uid } = review.spec.request;
  sinks.weighing(uid);
  const request = stores.requests.byUid(uid);
  if (request?.metadata.namespace === review.metadata.namespace)
    sinks.request(keyOf(request.metadata), laneWhileActive(request));
}

function enqueueAll(stores: Stores, requests: readonly (AccessRequest | Unreadable)[], sinks: Sinks): void {
  for (const request of requests) {
    reviewsConcerned(stores, sinks, request);
    sinks.request(keyOf(request.metadata), laneWhileActive(request));
  }
}

function laneWhileActive(request: AccessRequest | Unreadable): Lane {
  return !('unreadable' in request) && request.status.phase === 'Active' ? 'urgent' : 'normal';
}

function reviewsConcerned({ reviews }: Stores, sinks: Sinks, { metadata }: AccessRequest | Unreadable): void {
  if (reviews.list('request', metadata.uid).length > 0) sinks.weighing(metadata.uid);
}

/**
 * At a start everything arrives as new. Whoever has access goes first: it may have to end, and its
 * end is timed only once it has been looked at. What has ended comes last.
 */
function laneOf({ bindings }: Stores, request: AccessRequest | Unreadable): Lane {
  if ('unreadable' in request) return 'urgent';
  const { namespace, uid } = request.metadata;
  if (bindings.get(keyOf({ namespace, name: managedName(uid) }))) return 'urgent';
  return request.status.endedAt === undefined ? 'normal' : 'low';
}

function managedKey({ before, after }: Change<AccessRequest | Unreadable>): string {
  const metadata = (after ?? before)?.metadata;
  return metadata ? keyOf({ ...objectName(metadata), name: managedName(metadata.uid) }) : '';
}
