import type { AccessPolicy, Approval } from '../api/access-policy.ts';
import type { Duration } from '../api/duration.ts';
import type { Unreadable } from '../api/read.ts';
import { effectiveDuration, limitsOf } from './checks/duration.ts';
import { type Judgement, judge, type PolicyRef } from './judge.ts';
import type { Question } from './question.ts';
import { canBeFulfilled } from './fulfil.ts';

/** What all policies together say of a request. Recomputable from the same policies and question alone. */
export type Verdict =
  | {
      readonly decision: 'Allow';
      /** The policy that decides: what it asks for is what counts. */
      readonly policy: PolicyRef;
      readonly duration: Duration;
      /** Who must agree before anything is given. */
      readonly approval: Approval;
      /** In an emergency nobody is asked before, and somebody must look at it within this time. */
      readonly reviewWithin?: Duration;
      readonly judgements: readonly Judgement[];
    }
  | {
      readonly decision: 'Deny';
      readonly code: 'DeniedByPolicy' | 'PolicyUnreadable' | 'NoPolicyPermits' | 'NoReviewers';
      /** The policy that denies, or that asks for reviews nobody could give; absent where merely none permits. */
      readonly policy?: PolicyRef;
      readonly judgements: readonly Judgement[];
    };

/**
 * Decides a request. A matching Deny ends it; of several, the first by name. Among the policies that permit it the highest
 * priority decides, then the one that asks for the most approvals, so that a broad automatic policy
 * cannot quietly undo a strict one; then the name, in byte order: what one author wrote does not
 * depend on the order in which objects happen to be listed.
 */
export function decide(policies: readonly (AccessPolicy | Unreadable)[], question: Question): Verdict {
  const judged = policies.map((policy) => ({ policy, judgement: judge(policy, question) }));
  const judgements = judged.map(({ judgement }) => judgement);
  const denial = findDenial(judgements, 'Deny') ?? findDenial(judgements, 'Unreadable');
  if (denial) {
    const code = denial.effect === 'Deny' ? 'DeniedByPolicy' : 'PolicyUnreadable';
    return { decision: 'Deny', code, policy: denial.policy, judgements };
  }
  const [first] = judged
    .flatMap(({ policy, judgement }) => permission(policy, judgement, question))
    .toSorted(byPrecedence);
  if (!first) return { decision: 'Deny', code: 'NoPolicyPermits', judgements };
  if (!canBeReviewed(first, question)) {
    return { decision: 'Deny', code: 'NoReviewers', policy: first.ref, judgements };
  }
  const duration = effectiveDuration(first.limits, question.duration);
  const { ref, approval, reviewWithin } = first;
  const after = question.emergency && reviewWithin !== undefined ? { reviewWithin } : {};
  return { decision: 'Allow', policy: ref, duration, approval, ...after, judgements };
}

/** An emergency waits for nobody, but somebody must be there to look at it afterwards. */
function canBeReviewed({ approval }: Permission, question: Question): boolean {
  if (!question.emergency) return canBeFulfilled(approval, question);
  const entries = approval.required ?? [];
  return entries.some((entry) => canBeFulfilled({ required: [{ ...entry, count: 1 }] }, question));
}

/**
 * The Deny that a running grant meets, if any. A policy that cannot be read denies new grants
 * only: ending every grant in reach over a damaged object would be an outage anyone could cause.
 */
export function findDeny(policies: readonly (AccessPolicy | Unreadable)[], question: Question): PolicyRef | undefined {
  return findDenial(
    policies.map((policy) => judge(policy, question)),
    'Deny',
  )?.policy;
}

function findDenial(judgements: readonly Judgement[], effect: 'Deny' | 'Unreadable'): Judgement | undefined {
  const denials = judgements.filter((judgement) => judgement.effect === effect && judgement.applies);
  return denials.toSorted((a, b) => (a.policy.name < b.policy.name ? -1 : 1))[0];
}

interface Permission {
  readonly ref: PolicyRef;
  readonly priority: number;
  readonly limits: NonNullable<AccessPolicy['spec']['duration']>;
  readonly approval: Approval;
  readonly reviewWithin: Duration | undefined;
}

function permission(
  policy: AccessPolicy | Unreadable,
  { policy: ref, effect, applies }: Judgement,
  question: Question,
): Permission[] {
  if ('unreadable' in policy || effect !== 'Allow' || !applies) return [];
  const { priority = 0, approval, emergency } = policy.spec;
  const limits = limitsOf(policy.spec, question);
  return limits && approval ? [{ ref, priority, limits, approval, reviewWithin: emergency?.reviewWithin }] : [];
}

function byPrecedence(a: Permission, b: Permission): number {
  return b.priority - a.priority || approvals(b) - approvals(a) || (a.ref.name < b.ref.name ? -1 : 1);
}

function approvals({ approval: { required = [] } }: Permission): number {
  return required.reduce((sum, { count }) => sum + count, 0);
}
