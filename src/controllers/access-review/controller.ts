import { applyPlan } from '../../grant/apply.ts';
import type { Plan } from '../../grant/plan.ts';
import { Controller } from '../../runtime/controller.ts';
import { keyOf } from '../../runtime/object.ts';
import { requestSnapshot, type RequestView } from '../access-request/controller.ts';
import type { Context } from '../context.ts';
import { type ReviewSnapshot, reviewSteps } from './steps.ts';

/** Keeps the status of every review; keys are `namespace/name` of AccessReviews. */
export function reviewController({
  client,
  clock,
  random,
  log,
  ...view
}: RequestView & Omit<Context, 'stores' | 'trouble'>): Controller<ReviewSnapshot | undefined, Plan> {
  const { stores } = view;
  return new Controller<ReviewSnapshot | undefined, Plan>({
    name: 'access-review',
    workers: 2,
    clock,
    random,
    log,
    snapshot: (key) => {
      const review = stores.reviews.get(key);
      if (!review || 'unreadable' in review || review.metadata.deletionTimestamp !== undefined) return undefined;
      const request = stores.requests.byUid(review.spec.request.uid);
      const isBeside = request?.metadata.namespace === review.metadata.namespace;
      return { review, request: request && isBeside ? requestSnapshot(view, keyOf(request.metadata)) : undefined };
    },
    steps: reviewSteps.map(
      (step) => (snapshot, now) => (snapshot ? step(snapshot, now) : { next: 'stop', reason: 'no such review' }),
    ),
    apply: (plan, _key, signal) => applyPlan(client, plan, signal),
  });
}
