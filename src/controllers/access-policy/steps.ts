import { ACCESS_POLICIES, type AccessPolicyStatus, readPolicyStatus } from '../../api/access-policy.ts';
import { conditionMessage, findCondition, withCondition } from '../../api/condition.ts';
import { addSeconds, formatTime } from '../../api/time.ts';
import type { Plan } from '../../grant/plan.ts';
import type { Step } from '../../runtime/step.ts';
import { type PolicySnapshot, readinessOf } from './readiness.ts';

/** How often a policy looks again at what no watch reports, in seconds. */
const LOOK_AGAIN = 60;

/** A policy that cannot be read may still have a status that can. */
function statusOf(policy: PolicySnapshot['policy']): AccessPolicyStatus {
  return 'unreadable' in policy ? readPolicyStatus(policy.raw.status) : policy.status;
}

/** Keeps a policy's Ready condition true to what there is. */
const showReadiness: Step<PolicySnapshot, Plan> = (snapshot, now) => {
  const { metadata } = snapshot.policy;
  const status = statusOf(snapshot.policy);
  const found = readinessOf(snapshot);
  if (!found) return { next: 'wait', until: addSeconds(now, LOOK_AGAIN), lane: 'low' };
  const readiness = { ...found, message: conditionMessage(found.message) };
  const observedGeneration = metadata.generation ?? 1;
  const shown = findCondition(status.conditions, 'Ready');
  if (
    shown?.status === readiness.status &&
    shown.reason === readiness.reason &&
    shown.message === readiness.message &&
    status.observedGeneration === observedGeneration
  ) {
    return { next: 'wait', until: addSeconds(now, LOOK_AGAIN), lane: 'low' };
  }
  const conditions = withCondition(
    status.conditions ?? [],
    { type: 'Ready', ...readiness, observedGeneration },
    formatTime(now),
  );
  const { name, uid, resourceVersion } = metadata;
  return {
    next: 'write',
    plan: {
      writes: [
        {
          verb: 'patchStatus',
          resource: ACCESS_POLICIES.resource,
          name: { name },
          patch: { metadata: { uid, resourceVersion }, status: { observedGeneration, conditions } },
        },
      ],
      then: 'low',
    },
  };
};

export const policySteps: readonly Step<PolicySnapshot, Plan>[] = [showReadiness];
