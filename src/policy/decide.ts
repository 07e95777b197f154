import type { AccessPolicy, Approval } from '../api/access-policy.ts';
import type { Duration } from '../api/duration.ts';
import type { Unreadable } from '../api/read.ts';
import { effectiveDuration } from './checks/duration.ts';
import { type Judgement, judge, type PolicyRef } from './judge.ts';
import type { Question } from './question.ts';
import { canBeFulfilled } from './tally.ts';

/** What all policies together say of a request. Recomputable from the same policies and question alone. */
export type Verdict =
  | {
      readonly decision: 'Allow';
      /** The policy that decides: what it asks for is what counts. */
      readonly policy: PolicyRef;
      readonly duration: Duration;
      /** Who must agree before anything is given. */
      readonly approval: Approval;
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
  const [first] = judged.flatMap(({ policy, judgement }) => permission(policy, judgement)).toSorted(byPrecedence);
  if (!first) return { decision: 'Deny', code: 'NoPolicyPermits', judgements };
  if (!canBeFulfilled(first.approval, question.requester)) {
    return { decision: 'Deny', code: 'NoReviewers', policy: first.ref, judgements };
  }
  const duration = effectiveDuration(first.limits, question.duration);
  return { decision: 'Allow', policy: first.ref, duration, approval: first.approval, judgements };
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
}

function permission(policy: AccessPolicy | Unreadable, { policy: ref, effect, applies }: Judgement): Permission[] {
  if ('unreadable' in policy || effect !== 'Allow' || !applies) return [];
  const { priority = 0, duration, approval } = policy.spec;
  return duration && approval ? [{ ref, priority, limits: duration, approval }] : [];
}

function byPrecedence(a: Permission, b: Permission): number {
  return b.priority - a.priority || approvals(b) - approvals(a) || (a.ref.name < b.ref.name ? -1 : 1);
}

function approvals({ approval: { required = [] } }: Permission): number {
  return required.reduce((sum, { count }) => sum + count, 0);
}
