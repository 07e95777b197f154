import { GRANTABLE_ROLE } from '../../api/names.ts';
import { applyPlan } from '../../grant/apply.ts';
import type { Plan } from '../../grant/plan.ts';
import { Controller } from '../../runtime/controller.ts';
import { inLane } from '../../runtime/in-lane.ts';
import type { Context } from '../context.ts';
import type { PolicySnapshot } from './readiness.ts';
import { policySteps } from './steps.ts';

/** Keeps the status of every policy; keys are names of AccessPolicies. */
export function policyController({
  client,
  stores,
  trouble,
  ...surroundings
}: Context): Controller<PolicySnapshot, Plan> {
  return new Controller<PolicySnapshot, Plan>({
    name: 'access-policy',
    workers: 2,
    ...surroundings,
    snapshot: (key) => {
      const policy = stores.policies.get(key);
      if (!policy) return undefined;
      return {
        policy,
        roleOf: (name) => stores.roles.get(name),
        grantable: stores.roles.get(GRANTABLE_ROLE)?.rules ?? [],
        trouble: trouble(),
      };
    },
    steps: policySteps,
    apply: (plan, _key, signal, lane) => applyPlan(inLane(client, lane), plan, signal),
  });
}
