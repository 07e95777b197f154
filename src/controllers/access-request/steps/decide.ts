import { formatTime, parseTime } from '../../../api/time.ts';
import type { Plan, Write } from '../../../grant/plan.ts';
import { findObjection } from '../../../policy/admissible.ts';
import { decide as decideByPolicy } from '../../../policy/decide.ts';
import { explainDenial } from '../../../policy/explain.ts';
import { goOn, type Outcome } from '../../../runtime/step.ts';
import { confirmInputs } from '../confirm-inputs.ts';
import { questionOf, type RequestStep, type Snapshot } from '../snapshot.ts';
import { OPERATOR, pinOf, statusWrite } from '../status.ts';

/** Decides a new request: approved under one policy, or denied for good, with the reason. */
export const decide: RequestStep = (snapshot, now) => {
  const { request } = snapshot;
  if ((request.status.phase ?? 'Pending') !== 'Pending') return goOn;
  const objection = findObjection(request);
  if (objection) return denial(snapshot, now, objection.code, objection.message, []);
  const question = questionOf(snapshot);
  if (!question) return { next: 'stop', reason: 'the namespace is not known yet' };
  const verdict = decideByPolicy(snapshot.policies, question);
  if (verdict.decision === 'Deny') {
    return denial(snapshot, now, verdict.code, explainDenial(verdict), confirmInputs(snapshot));
  }
  const time = formatTime(now);
  const { startTime } = request.spec;
  const later = startTime !== undefined && parseTime(startTime) > now ? `, starting ${startTime}` : '';
  const message = `policy ${verdict.policy.name} permits this for ${verdict.duration}${later}`;
  const write = statusWrite(request, now, {
    fields: {
      phase: 'Approved',
      policy: verdict.policy,
      duration: verdict.duration,
      ...(snapshot.role ? { role: pinOf(snapshot.role) } : {}),
      reviews: { required: 0, approvedBy: [] },
      requestedAt: time,
      approvedAt: time,
    },
    conditions: [{ type: 'Approved', status: 'True', reason: 'Automatic', message }],
    entries: [requested(snapshot), { type: 'Approved', reason: 'Automatic', actor: OPERATOR, message }],
  });
  return { next: 'write', plan: { writes: [write], then: 'normal' } };
};

function denial(
  snapshot: Snapshot,
  now: Date,
  reason: string,
  message: string,
  before: readonly Write[],
): Outcome<Plan> {
  const time = formatTime(now);
  const write = statusWrite(snapshot.request, now, {
    fields: { phase: 'Denied', requestedAt: time, endedAt: time },
    conditions: [
      { type: 'Approved', status: 'False', reason, message },
      { type: 'Ended', status: 'True', reason: 'Denied', message },
    ],
    entries: [requested(snapshot), { type: 'Denied', reason, actor: OPERATOR, message }],
  });
  return { next: 'write', plan: { writes: [...before, write], then: 'low' } };
}

function requested({ request: { spec } }: Snapshot) {
  const message = `${spec.roleRef.name}${spec.duration === undefined ? '' : ` for ${spec.duration}`}`;
  return { type: 'Requested', reason: 'Requested', actor: spec.requester.username, message } as const;
}
