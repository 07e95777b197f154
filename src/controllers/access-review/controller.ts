import { applyPlan } from '../../grant/apply.ts';
import type { Plan } from '../../grant/plan.ts';
import { Controller } from '../../runtime/controller.ts';
import { inLane } from '../../runtime/in-lane.ts';
import type { Context } from '../context.ts';
import { type ReviewSnapshot, reviewSteps } from './steps.ts';
import type { Notices } from './weighing.ts';

/** Keeps the status of every review; keys are `namespace/name` of AccessReviews. */
export function reviewController({
  client,
  stores,
  notices,
  ...surroundings
}: Omit<Context, 'trouble'> & { readonly notices: Notices }): Controller<ReviewSnapshot, Plan> {
  return new Controller<ReviewSnapshot, Plan>({
    name: 'access-review',
    workers: 2,
    flowOf: (key) => {
      const review = stores.reviews.get(key);
      return review && !('unreadable' in review) ? review.spec.reviewer.username : '';
    },
    ...surroundings,
    snapshot: (key) => {
      const review = stores.reviews.get(key);
      if (!review || 'unreadable' in review || review.metadata.deletionTimestamp !== undefined) return undefined;
      const request = stores.requests.byUid(review.spec.request.uid);
      const isBeside = request?.metadata.namespace === review.metadata.namespace;
      return { review, request: isBeside ? request : undefined, told: notices.get(review) };
    },
    steps: reviewSteps,
    apply: (plan, _key, signal, lane) => applyPlan(inLane(client, lane), plan, signal),
  });
}
