import type { Approval } from '../../../api/access-policy.ts';
import type { AccessRequest } from '../../../api/access-request.ts';
import { type Condition, findCondition } from '../../../api/condition.ts';
import { addSeconds, parseTime } from '../../../api/time.ts';
import { decide, type Verdict } from '../../../policy/decide.ts';
import { explainDenial } from '../../../policy/explain.ts';
import { explainMissing } from '../../../policy/explain-review.ts';
import { judge, type PolicyRef } from '../../../policy/judge.ts';
import type { Question } from '../../../policy/question.ts';
import type { Tally } from '../../../policy/tally.ts';
import { goOn, type Outcome } from '../../../runtime/step.ts';
import { endWith } from '../end.ts';
import type { RequestPlan } from '../plan.ts';
import { approvalEntries, reviewsOf, tallyOf } from '../reviews.ts';
import { questionOf, type RequestStep, type Snapshot } from '../snapshot.ts';
import { SETTLING } from '../start.ts';
import { awaitRecord } from './await-record.ts';
import { OPERATOR, type StatusChange, statusWrite } from '../status.ts';

/**
 * A grant stands on a policy that permits it. When the one that decided no longer does, or asks
 * for more than was given, the request is decided again after a while, with the reviews it has: it
 * goes on under another policy, or it ends.
 */
export const followPolicy: RequestStep = (snapshot, now) => {
  const { request } = snapshot;
  const question = questionOf(snapshot);
  if (request.status.phase !== 'Active' || !question) return goOn;
  const condition = findCondition(request.status.conditions, 'Approved');
  const settled = condition?.status === 'True';
  const support = supportOf(snapshot, question);
  if (support === 'same') return settled ? goOn : resettle(snapshot, now, condition);
  if (support && 'counted' in support) return goOnUnder(snapshot, now, support, 'PolicyEdited');
  if (support) return { next: 'write', plan: support };
  if (settled || !condition) {
    const message = `${changed(snapshot)}; deciding again in ${SETTLING} s`;
    return change(snapshot, now, {
      conditions: [{ type: 'Approved', status: 'Unknown', reason: 'PolicyChanged', message }],
    });
  }
  const until = addSeconds(parseTime(condition.lastTransitionTime), SETTLING);
  if (now < until) return { next: 'wait', until, lane: 'urgent' };
  const verdict = decide(snapshot.policies, question);
  return verdict.decision === 'Allow'
    ? followOther(snapshot, now, verdict)
    : revoke(snapshot, now, explainDenial(verdict));
};

/** A policy that permits a grant, and what it asks for has been given. */
interface Support {
  readonly policy: PolicyRef;
  readonly counted: Tally;
}

/**
 * Whether the policy that decided still stands behind the grant. What was asked for when access
 * was given, was given then; what an edit asks for since must be there too, and goes on record.
 */
function supportOf(snapshot: Snapshot, question: Question): 'same' | Support | RequestPlan | undefined {
  const { request, policies } = snapshot;
  const { policy: pinned, reviews } = request.status;
  const policy = policies.find(({ metadata }) => metadata.uid === pinned?.uid);
  if (!policy || 'unreadable' in policy) return undefined;
  const { effect, applies, policy: ref } = judge(policy, question);
  if (effect !== 'Allow' || !applies) return undefined;
  const { approval = {} } = policy.spec;
  const asksNobody = !approval.required && (reviews?.required ?? 0) === 0;
  // An emergency was given without asking anybody, and is looked at afterwards.
  const isSame = ref.generation === pinned?.generation || asksNobody || request.status.emergency !== undefined;
  return isSame ? 'same' : given(snapshot, ref, approval);
}

function given(snapshot: Snapshot, policy: PolicyRef, approval: Approval): Support | RequestPlan | undefined {
  const counted = tallyOf(snapshot, approval);
  const { questions: ask } = counted;
  if (ask.length > 0) return { ask, then: 'urgent' };
  return counted.missing.length === 0 ? { policy, counted } : undefined;
}

function followOther(snapshot: Snapshot, now: Date, verdict: Verdict & { decision: 'Allow' }): Outcome<RequestPlan> {
  if (verdict.reviewWithin !== undefined) {
    const support = { policy: verdict.policy, counted: tallyOf(snapshot, verdict.approval) };
    return goOnUnder(snapshot, now, support, 'PolicyChanged');
  }
  const support = given(snapshot, verdict.policy, verdict.approval);
  if (!support) {
    const missing = explainMissing(tallyOf(snapshot, verdict.approval));
    return revoke(snapshot, now, `policy ${verdict.policy.name}: ${missing}`);
  }
  return 'counted' in support ? goOnUnder(snapshot, now, support, 'PolicyChanged') : { next: 'write', plan: support };
}

function goOnUnder(
  snapshot: Snapshot,
  now: Date,
  { policy, counted }: Support,
  reason: 'PolicyEdited' | 'PolicyChanged',
): Outcome<RequestPlan> {
  const room = awaitRecord(snapshot, now);
  if (room.next !== 'continue') return room;
  const message = `goes on under policy ${policy.name}`;
  return change(snapshot, now, {
    fields: { policy, reviews: reviewsOf(counted) },
    conditions: [{ type: 'Approved', status: 'True', reason: reasonOf(snapshot.request, counted.required), message }],
    entries: [...approvalEntries(snapshot, counted), { type: 'Approved', reason, actor: OPERATOR, message }],
  });
}

function revoke(snapshot: Snapshot, now: Date, why: string): Outcome<RequestPlan> {
  return endWith(snapshot, now, { type: 'Revoked', reason: 'PolicyChanged', message: `${changed(snapshot)}; ${why}` });
}

function resettle(snapshot: Snapshot, now: Date, before: Condition | undefined): Outcome<RequestPlan> {
  const message = before ? 'the policy permits this again' : 'the policy permits this';
  const reason = reasonOf(snapshot.request, snapshot.request.status.reviews?.required ?? 0);
  return change(snapshot, now, { conditions: [{ type: 'Approved', status: 'True', reason, message }] });
}

function changed({ request }: Snapshot): string {
  return `policy ${request.status.policy?.name ?? ''} no longer permits this`;
}

function reasonOf({ status }: AccessRequest, required: number): 'Automatic' | 'Reviewed' | 'Emergency' {
  if (status.emergency) return 'Emergency';
  return required === 0 ? 'Automatic' : 'Reviewed';
}

function change(snapshot: Snapshot, now: Date, status: StatusChange): Outcome<RequestPlan> {
  return { next: 'write', plan: { writes: [statusWrite(snapshot.request, now, status)], then: 'normal' } };
}
