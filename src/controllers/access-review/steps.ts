import { ACCESS_REQUESTS, type AccessRequest } from '../../api/access-request.ts';
import { ACCESS_REVIEWS, type AccessReview } from '../../api/access-review.ts';
import { objectName, type Unreadable } from '../../api/read.ts';
import { addSeconds, parseTime } from '../../api/time.ts';
import type { Plan } from '../../grant/plan.ts';
import { apiVersionOf } from '../../runtime/object.ts';
import { goOn, type Step } from '../../runtime/step.ts';
import { isSame, type Told } from './standing.ts';

/** A review beside the request that it names, and what was found when it was weighed. */
export interface ReviewSnapshot {
  readonly review: AccessReview;
  /** Found by uid, in the same namespace; undefined when there is none. */
  readonly request: AccessRequest | Unreadable | undefined;
  /** Undefined while there is nothing to tell. */
  readonly told: Told | undefined;
}

type ReviewStep = Step<ReviewSnapshot, Plan>;

/** How long a review may name a request that is not there, in seconds: its author is told, and the watch may lag. */
const STRAY = 3600;

/**
 * A review goes when its request does: that owns it. So does, after a while, one that names no
 * request: the collector asks the API server for the owner itself, by name and uid, and deletes what
 * it owned if that is not there in the namespace of the review.
 */
const own: ReviewStep = ({ review, request }, now) => {
  const { metadata, spec } = review;
  const { name, uid } = spec.request;
  if (metadata.ownerReferences?.some((owner) => owner.uid === uid) === true) return goOn;
  const until = addSeconds(parseTime(metadata.creationTimestamp ?? ''), STRAY);
  if (request?.metadata.name !== name && now < until) return { next: 'wait', until, lane: 'low' };
  const { resource } = ACCESS_REQUESTS;
  const owner = { apiVersion: apiVersionOf(resource), kind: resource.kind, name, uid };
  const { resourceVersion } = metadata;
  const patch = { metadata: { uid: metadata.uid, resourceVersion, ownerReferences: [owner] } };
  const write = { verb: 'patch', resource: ACCESS_REVIEWS.resource, name: objectName(metadata), patch } as const;
  return { next: 'write', plan: { writes: [write], then: 'normal' } };
};

/** Tells each reviewer whether their review counts, and why not. */
const tell: ReviewStep = ({ review, told }) => {
  if (!told) return { next: 'stop', reason: 'not weighed yet' };
  if (isSame(review.status, told)) return { next: 'stop', reason: 'told' };
  const { uid, resourceVersion, generation = 1 } = review.metadata;
  const patch = { metadata: { uid, resourceVersion }, status: { ...told, observedGeneration: generation } };
  const write = {
    verb: 'patchStatus',
    resource: ACCESS_REVIEWS.resource,
    name: objectName(review.metadata),
    patch,
  } as const;
  return { next: 'write', plan: { writes: [write], then: 'low' } };
};

export const reviewSteps: readonly ReviewStep[] = [own, tell];
