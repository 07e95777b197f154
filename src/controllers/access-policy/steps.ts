import { ACCESS_POLICIES } from '../../api/access-policy.ts';
import { findCondition, withCondition } from '../../api/condition.ts';
import { addSeconds, formatTime } from '../../api/time.ts';
import type { Plan } from '../../grant/plan.ts';
import type { Step } from '../../runtime/step.ts';
import { type PolicySnapshot, readinessOf } from './readiness.ts';

/** How often a policy looks again at what no watch reports, in seconds. */
const LOOK_AGAIN = 60;

/** Keeps a policy's Ready condition true to what there is. */
const showReadiness: Step<PolicySnapshot, Plan> = (snapshot, now) => {
  const { metadata } = snapshot.policy;
  const status = 'unreadable' in snapshot.policy ? {} : snapshot.policy.status;
  const readiness = readinessOf(snapshot);
  const observedGeneration = metadata.generation ?? 1;
  const shown = findCondition(status.conditions, 'Ready');
  if (
    shown?.status === readiness.status &&
    shown.reason === readiness.reason &&
    shown.message === readiness.message &&
    status.observedGeneration === observedGeneration
  ) {
    return readiness.reason === 'FuseUnavailable'
      ? { next: 'wait', until: addSeconds(now, LOOK_AGAIN), lane: 'low' }
      : { next: 'stop', reason: readiness.reason };
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
