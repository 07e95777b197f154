import { decide } from '../../identity/grant.ts';
import type { Attempt } from '../attempt.ts';
import { validation } from '../barriers.ts';

const HOLD = 'daypass-hold-objects';

/** On what surrounds the spec of a review, somebody else's or one's own. */
export const ON_REVIEWS: readonly Attempt[] = [
  {
    promise: 'P1',
    title: 'writes the status of a review',
    right: ['patch', 'accessreviews/status'],
    stoppedBy: validation(HOLD, 'only the operator writes the status of requests and reviews'),
    run: (who, { review }) => who.patch(`${review}/status`, { status: { accepted: true } }),
  },
  {
    promise: 'P4',
    title: 'gives a review an owner, to have it collected',
    right: ['patch', 'accessreviews'],
    stoppedBy: validation(HOLD, 'only the operator writes metadata.ownerReferences'),
    run: (who, { review }) => {
      const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'gone', uid: crypto.randomUUID() };
      return who.patch(review, { metadata: { ownerReferences: [owner] } });
    },
  },
  {
    promise: 'P5',
    title: 'adds reserved labels to a review',
    right: ['patch', 'accessreviews'],
    stoppedBy: validation(HOLD, 'only the operator writes labels and annotations that begin with daypass.dev/'),
    run: (who, { review }) => who.patch(review, { metadata: { labels: { 'daypass.dev/accepted': 'true' } } }),
  },
  {
    promise: 'P2',
    title: 'creates a review with a finalizer, to hold up a namespace',
    right: ['create', 'accessreviews'],
    stoppedBy: validation(HOLD, 'requests and reviews get no finalizers of others'),
    run: (who, { stage }) => {
      const metadata = { finalizers: ['example.com/hold'] };
      return decide(who, stage, [{ name: 'any', uid: crypto.randomUUID() }, 'Approve'], { metadata });
    },
  },
  {
    promise: 'P4',
    title: "deletes somebody's Deny",
    right: ['delete', 'accessreviews'],
    stoppedBy: validation('daypass-hold-deletion', 'only its reviewer deletes a review'),
    run: (who, { review }) => who.delete(review),
  },
];
