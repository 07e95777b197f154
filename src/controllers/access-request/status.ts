import {
  ACCESS_REQUESTS,
  type AccessRequest,
  type AccessRequestStatus,
  describeAccess,
} from '../../api/access-request.ts';
import { type ConditionChange, withCondition } from '../../api/condition.ts';
import { appendEntry, type HistoryEntry } from '../../api/history.ts';
import { describeSubject } from '../../api/identity.ts';
import { oneLine } from '../../api/text.ts';
import { formatTime } from '../../api/time.ts';
import type { Write } from '../../grant/plan.ts';
import type { Role } from '../../rbac/rules.ts';

/** Who acted where no person did. */
export const OPERATOR = 'daypass-operator';

/** What happened to a request, and what its status is to say from now on. */
export interface StatusChange {
  readonly fields?: Omit<AccessRequestStatus, 'conditions' | 'history'>;
  readonly conditions?: readonly Omit<ConditionChange, 'observedGeneration'>[];
  readonly entries?: readonly Omit<HistoryEntry, 'sequence' | 'time'>[];
}

/**
 * The one write by which a request's status ever changes: fields, conditions and history together,
 * so that no transition can be without its entry (promise P5). It holds only for the version it
 * was made from. Whatever comes first on record, that it was asked for comes before.
 */
export function statusWrite(request: AccessRequest, now: Date, change: StatusChange): Write {
  const { metadata, status } = request;
  const time = formatTime(now);
  const observedGeneration = metadata.generation ?? 1;
  let conditions = status.conditions ?? [];
  for (const each of change.conditions ?? [])
    conditions = withCondition(conditions, { ...each, observedGeneration }, time);
  let history = status.history ?? [];
  const first = history.length === 0;
  if (first) history = appendEntry(history, requested(request), time);
  for (const entry of change.entries ?? []) history = appendEntry(history, entry, time);
  return {
    verb: 'patchStatus',
    resource: ACCESS_REQUESTS.resource,
    name: { namespace: metadata.namespace, name: metadata.name },
    patch: {
      metadata: { uid: metadata.uid, resourceVersion: metadata.resourceVersion },
      status: { ...(first ? { requestedAt: time } : {}), ...change.fields, observedGeneration, conditions, history },
    },
  };
}

function requested({ spec }: AccessRequest): Omit<HistoryEntry, 'sequence' | 'time'> {
  const subject = spec.subject ? ` to ${describeSubject(spec.subject)}` : '';
  const message = `${describeAccess({ spec })}${subject}${spec.duration === undefined ? '' : ` for ${spec.duration}`}`;
  return { type: 'Requested', reason: 'Requested', actor: oneLine(spec.requester.username), message };
}

/** The role as it is now, for the record: a grant lasts only while it stays so. */
export function pinOf({ metadata, rulesHash }: Role): NonNullable<AccessRequestStatus['role']> {
  return { name: metadata.name, uid: metadata.uid, rulesHash };
}
