import { ROLE_BINDINGS, type RoleBinding } from '../api/kubernetes.ts';
import { ANNOTATION } from '../api/names.ts';
import { applyPlan } from '../grant/apply.ts';
import type { Plan } from '../grant/plan.ts';
import { Controller } from '../runtime/controller.ts';
import { inLane } from '../runtime/in-lane.ts';
import type { Runnable } from '../runtime/manager.ts';
import type { Step } from '../runtime/step.ts';
import type { Context, Surroundings } from './context.ts';
import { endOfAccess } from './removal.ts';

/**
 * How long a binding that is over is left to the controller of its request, which puts on record
 * what there was: from its end, and from when this operator began to look, in milliseconds.
 */
const LATE = 2000;

/**
 * The second way to the end: whatever a binding says of its own end holds, though nothing be known
 * of its request, its policy or its role. At a start it waits for the bindings alone, so nothing
 * that cannot be listed keeps access alive that is over (promise P2).
 */
const endOverdue: Step<Seen, Plan> = ({ binding, since }, now) => {
  const end = Date.parse(binding?.metadata.annotations?.[ANNOTATION.expiresAt] ?? '');
  if (!binding || Number.isNaN(end)) return { next: 'stop', reason: 'no binding, or one without an end' };
  const until = new Date(Math.max(end, since.getTime()) + LATE);
  if (now < until) return { next: 'wait', until, lane: 'urgent' };
  const writes = endOfAccess(binding);
  if (writes.length === 0) return { next: 'stop', reason: 'on its way out' };
  return { next: 'write', plan: { writes, then: 'normal' } };
};

interface Seen {
  readonly binding: RoleBinding | undefined;
  readonly since: Date;
}

/** Deletes bindings that are past their end; keys are their `namespace/name`. */
export function overdueController({
  client,
  stores,
  ...surroundings
}: Surroundings & Pick<Context, 'client' | 'stores'>): Overdue {
  const { clock } = surroundings;
  let since = clock.now();
  const controller = new Controller<Seen, Plan>({
    name: 'overdue',
    workers: 4,
    ...surroundings,
    snapshot: (key) => ({ binding: stores.bindings.get(key), since }),
    steps: [endOverdue],
    apply: (plan, _key, signal, lane) => applyPlan(inLane(client, lane), plan, signal),
  });
  return {
    name: controller.name,
    reads: [ROLE_BINDINGS],
    run: (signal) => {
      since = clock.now();
      return controller.run(signal);
    },
    enqueue: (key) => controller.enqueue(key, 'urgent'),
  };
}

interface Overdue extends Runnable {
  readonly enqueue: (key: string) => void;
}
