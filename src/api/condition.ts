import { z } from 'zod';
import { clip, oneLine } from './text.ts';
import { type Time, Time as TimeSchema } from './time.ts';

/**
 * A condition as all of Kubernetes has them; `reason` is the outcome in one word, for machines.
 * https://github.com/kubernetes/community/blob/master/contributors/devel/sig-architecture/api-conventions.md#typical-status-properties
 */
export const Condition = z.object({
  type: z.string().max(64),
  status: z.enum(['True', 'False', 'Unknown']),
  reason: z.string().min(1).max(64),
  message: z.string().max(1024),
  lastTransitionTime: TimeSchema,
  observedGeneration: z.int().min(0).optional(),
});
export type Condition = z.infer<typeof Condition>;

/** The bounded list of them, one of a type. */
export const Conditions = z
  .array(Condition)
  .max(8)
  .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'] });

/** `message` as it is stored: whoever compares must compare with this, or write for ever. */
export function conditionMessage(message: string): string {
  return clip(oneLine(message), 1024);
}

/** What changes in a condition; the time of transition is kept by {@link withCondition}. */
export type ConditionChange = Omit<Condition, 'lastTransitionTime'>;

/**
 * `conditions` with `change` in it. `lastTransitionTime` moves only when `status` does, as the API
 * conventions ask.
 */
export function withCondition(conditions: readonly Condition[], change: ConditionChange, now: Time): Condition[] {
  const before = conditions.find(({ type }) => type === change.type);
  const lastTransitionTime = before?.status === change.status ? before.lastTransitionTime : now;
  const after = { ...change, message: conditionMessage(change.message), lastTransitionTime };
  return before ? conditions.map((each) => (each === before ? after : each)) : [...conditions, after];
}

/** The condition of this type, if it has been set. */
export function findCondition(conditions: readonly Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find((each) => each.type === type);
}
