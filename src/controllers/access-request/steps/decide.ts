import { formatTime, parseTime } from '../../../api/time.ts';
import { goOn } from '../../../runtime/step.ts';
import { decisionOn } from '../decision.ts';
import { denyWith } from '../end.ts';
import type { RequestStep } from '../snapshot.ts';
import { OPERATOR, pinOf, statusWrite } from '../status.ts';

/** Decides a new request: approved under one policy, or denied for good, with the reason. */
export const decide: RequestStep = (snapshot, now) => {
  const { request } = snapshot;
  if ((request.status.phase ?? 'Pending') !== 'Pending') return goOn;
  const decision = decisionOn(snapshot);
  if (!decision) return { next: 'stop', reason: 'the namespace is not known yet' };
  if (decision.decision === 'Deny') return denyWith(snapshot, now, decision);
  const { startTime } = request.spec;
  const later = startTime !== undefined && parseTime(startTime) > now ? `, starting ${startTime}` : '';
  const message = `policy ${decision.policy.name} permits this for ${decision.duration}${later}`;
  const write = statusWrite(request, now, {
    fields: {
      phase: 'Approved',
      policy: decision.policy,
      duration: decision.duration,
      ...(snapshot.role ? { role: pinOf(snapshot.role) } : {}),
      reviews: { required: 0, approvedBy: [] },
      approvedAt: formatTime(now),
    },
    conditions: [{ type: 'Approved', status: 'True', reason: 'Automatic', message }],
    entries: [{ type: 'Approved', reason: 'Automatic', actor: OPERATOR, message }],
  });
  return { next: 'write', plan: { writes: [write], then: 'normal' } };
};
