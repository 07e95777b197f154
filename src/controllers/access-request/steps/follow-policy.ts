import { type Condition, findCondition } from '../../../api/condition.ts';
import { addSeconds, parseTime } from '../../../api/time.ts';
import type { Plan } from '../../../grant/plan.ts';
import { decide } from '../../../policy/decide.ts';
import { explainDenial } from '../../../policy/explain.ts';
import { judge } from '../../../policy/judge.ts';
import { goOn, type Outcome } from '../../../runtime/step.ts';
import { endWith } from '../end.ts';
import { questionOf, type RequestStep, type Snapshot } from '../snapshot.ts';
import { OPERATOR, type StatusChange, statusWrite } from '../status.ts';

/** How long a policy may be gone before that counts, in seconds: GitOps replaces objects by deleting and creating them. */
const SETTLING = 30;

/**
 * A grant stands on a policy that permits it. When the one that decided no longer does, the
 * request is decided again after a while: it goes on under another policy, or it ends.
 */
export const followPolicy: RequestStep = (snapshot, now) => {
  const { request } = snapshot;
  const question = questionOf(snapshot);
  if (request.status.phase !== 'Active' || !question) return goOn;
  const condition = findCondition(request.status.conditions, 'Approved');
  const settled = condition?.status === 'True';
  if (stillPermits(snapshot)) return settled ? goOn : resettle(snapshot, now, condition);
  if (settled || !condition) {
    const message = `policy ${request.status.policy?.name ?? ''} no longer permits this; deciding again in ${SETTLING} s`;
    return change(snapshot, now, {
      conditions: [{ type: 'Approved', status: 'Unknown', reason: 'PolicyChanged', message }],
    });
  }
  const until = addSeconds(parseTime(condition.lastTransitionTime), SETTLING);
  if (now < until) return { next: 'wait', until, lane: 'urgent' };
  const verdict = decide(snapshot.policies, question);
  if (verdict.decision === 'Deny') {
    const message = `policy ${request.status.policy?.name ?? ''} no longer permits this; ${explainDenial(verdict)}`;
    return endWith(snapshot, now, { type: 'Revoked', reason: 'PolicyChanged', message });
  }
  const message = `goes on under policy ${verdict.policy.name}`;
  return change(snapshot, now, {
    fields: { policy: verdict.policy },
    conditions: [{ type: 'Approved', status: 'True', reason: 'Automatic', message }],
    entries: [{ type: 'Approved', reason: 'PolicyChanged', actor: OPERATOR, message }],
  });
};

function stillPermits(snapshot: Snapshot): boolean {
  const question = questionOf(snapshot);
  const uid = snapshot.request.status.policy?.uid;
  const policy = snapshot.policies.find(({ metadata }) => metadata.uid === uid);
  if (!policy || !question) return false;
  const { effect, applies } = judge(policy, question);
  return effect === 'Allow' && applies;
}

function resettle(snapshot: Snapshot, now: Date, before: Condition | undefined): Outcome<Plan> {
  const message = before ? 'the policy permits this again' : 'the policy permits this';
  return change(snapshot, now, { conditions: [{ type: 'Approved', status: 'True', reason: 'Automatic', message }] });
}

function change(snapshot: Snapshot, now: Date, status: StatusChange): Outcome<Plan> {
  return { next: 'write', plan: { writes: [statusWrite(snapshot.request, now, status)], then: 'normal' } };
}
