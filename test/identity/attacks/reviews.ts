import { refusal, refusedBy } from '../answers.ts';
import { accessReview } from '../grant.ts';
import { pathsIn } from '../stage.ts';
import type { Attack } from './attack.ts';

const HOLD = 'daypass-hold-objects';
const IMMUTABLE = refusal(422, 'spec: Invalid value: the spec of a review cannot be changed');

/** On somebody else's review, or one's own. */
export const ON_REVIEWS: readonly Attack[] = [
  {
    title: "turns somebody's Deny into an Approve",
    right: ['patch', 'accessreviews'],
    refusal: IMMUTABLE,
    run: (who, { review }) => who.patch(review, { spec: { decision: 'Approve' } }),
  },
  {
    title: 'moves a review to another request',
    right: ['patch', 'accessreviews'],
    refusal: IMMUTABLE,
    run: (who, { review }) => who.patch(review, { spec: { request: { uid: crypto.randomUUID() } } }),
  },
  {
    title: 'makes root the reviewer afterwards',
    right: ['patch', 'accessreviews'],
    refusal: IMMUTABLE,
    run: (who, { review }) => who.patch(review, { spec: { reviewer: { username: 'root' } } }),
  },
  {
    title: 'writes the status of a review',
    right: ['patch', 'accessreviews/status'],
    refusal: refusedBy(HOLD, 'only the operator writes the status of requests and reviews'),
    run: (who, { review }) => who.patch(`${review}/status`, { status: { accepted: true } }),
  },
  {
    title: 'gives a review an owner, to have it collected',
    right: ['patch', 'accessreviews'],
    refusal: refusedBy(HOLD, 'only the operator writes metadata.ownerReferences'),
    run: (who, { review }) => {
      const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'gone', uid: crypto.randomUUID() };
      return who.patch(review, { metadata: { ownerReferences: [owner] } });
    },
  },
  {
    title: 'adds reserved labels to a review',
    right: ['patch', 'accessreviews'],
    refusal: refusedBy(HOLD, 'only the operator writes labels and annotations that begin with daypass.dev/'),
    run: (who, { review }) => who.patch(review, { metadata: { labels: { 'daypass.dev/accepted': 'true' } } }),
  },
  {
    title: 'creates a review with a finalizer, to hold up a namespace',
    right: ['create', 'accessreviews'],
    refusal: refusedBy(HOLD, 'requests and reviews get no finalizers of others'),
    run: (who, grant) => {
      const review = accessReview({ name: 'any', uid: crypto.randomUUID() }, 'Approve');
      const metadata = { ...review.metadata, finalizers: ['example.com/hold'] };
      return who.create(pathsIn(grant.stage.namespace).reviews, { ...review, metadata });
    },
  },
  {
    title: "deletes somebody's Deny",
    right: ['delete', 'accessreviews'],
    refusal: refusedBy('daypass-hold-deletion', 'only its reviewer deletes a review'),
    run: (who, { review }) => who.delete(review),
  },
];
