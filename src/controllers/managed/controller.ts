import { applyPlan } from '../../grant/apply.ts';
import type { Plan } from '../../grant/plan.ts';
import { Controller } from '../../runtime/controller.ts';
import { inLane } from '../../runtime/in-lane.ts';
import { nameOf } from '../../runtime/object.ts';
import type { Context } from '../context.ts';
import { requestOf } from '../stores.ts';
import { type ManagedSnapshot, managedSteps } from './steps.ts';

/** Removes managed objects that belong to no request; keys are their `namespace/name`. */
export function managedController({ client, stores, ...surroundings }: Context): Controller<ManagedSnapshot, Plan> {
  return new Controller({
    name: 'managed',
    workers: 4,
    ...surroundings,
    snapshot: (key) => ({
      binding: stores.bindings.get(key),
      ownRole: stores.ownRoles.get(key),
      fuse: stores.fuses.get(key),
      request: requestOf(stores, nameOf(key)),
    }),
    steps: managedSteps,
    apply: (plan, _key, signal, lane) => applyPlan(inLane(client, lane), plan, signal),
  });
}
