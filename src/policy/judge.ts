import { type AccessPolicy, type AccessPolicySpec, POLICY_SCOPE } from '../api/access-policy.ts';
import type { Unreadable } from '../api/read.ts';
import type { CheckName, Finding } from './check.ts';
import { checkDuration } from './checks/duration.ts';
import { checkNamespaces } from './checks/namespaces.ts';
import { checkRequesters } from './checks/requesters.ts';
import { checkRoles } from './checks/roles.ts';
import type { Question } from './question.ts';

/** Which policy, and as it was when it was asked. */
export interface PolicyRef {
  readonly name: string;
  readonly uid: string;
  readonly generation: number;
}

/** What one policy says of one request, check by check. */
export interface Judgement {
  readonly policy: PolicyRef;
  /** `Unreadable`: a policy that may be a Deny and cannot be read. It is taken for one, for new grants. */
  readonly effect: 'Allow' | 'Deny' | 'Unreadable';
  readonly findings: readonly { readonly check: CheckName; readonly finding: Finding }[];
  /** An Allow permits, or a Deny matches. */
  readonly applies: boolean;
}

type Fields = Pick<AccessPolicySpec, CheckName>;

interface Row {
  readonly check: CheckName;
  /** Undefined where the policy does not have the field. */
  readonly ask: (spec: Fields, question: Question) => Finding | undefined;
  /** What an Allow without the field finds: it must name whom, where and what, or it matches nothing. */
  readonly absent: (question: Question) => Finding;
}

/** The one table of checks, in the order in which a person would ask. */
const CHECKS: readonly Row[] = [
  {
    check: 'requesters',
    ask: (spec, question) => spec.requesters && checkRequesters(spec.requesters, question),
    absent: (question) => checkRequesters([], question),
  },
  {
    check: 'namespaces',
    ask: (spec, question) => spec.namespaces && checkNamespaces(spec.namespaces, question),
    absent: (question) => checkNamespaces({}, question),
  },
  {
    check: 'roles',
    ask: (spec, question) => spec.roles && checkRoles(spec.roles, question),
    absent: (question) => checkRoles([], question),
  },
  {
    check: 'duration',
    ask: (spec, question) => spec.duration && checkDuration(spec.duration, question),
    absent: () => ({ result: 'errored', error: 'the policy has no duration' }),
  },
];

/** What `policy` says of a request. Each policy is judged on its own. */
export function judge(policy: AccessPolicy | Unreadable, question: Question): Judgement {
  const ref = { name: policy.metadata.name, uid: policy.metadata.uid, generation: policy.metadata.generation ?? 0 };
  if ('unreadable' in policy) return judgeUnreadable(ref, policy, question);
  if (policy.spec.effect === 'Deny') return judgeDeny(ref, 'Deny', policy.spec, question);
  const findings = CHECKS.map(({ check, ask, absent }) => ({
    check,
    finding: ask(policy.spec, question) ?? absent(question),
  }));
  return {
    policy: ref,
    effect: 'Allow',
    findings,
    applies: findings.every(({ finding }) => finding.result === 'pass'),
  };
}

/** What a Deny leaves out means any; a check that errs counts as matching. */
function judgeDeny(policy: PolicyRef, effect: 'Deny' | 'Unreadable', spec: Fields, question: Question): Judgement {
  const findings = CHECKS.flatMap(({ check, ask }) => {
    const finding = ask(spec, question);
    return finding ? [{ check, finding }] : [];
  });
  return { policy, effect, findings, applies: findings.every(({ finding }) => finding.result !== 'fail') };
}

/** An Allow that cannot be read permits nothing; anything else denies wherever its readable scope reaches. */
function judgeUnreadable(policy: PolicyRef, { raw }: Unreadable, question: Question): Judgement {
  const spec = fieldsOf(raw['spec']);
  if (spec && (spec['effect'] === undefined || spec['effect'] === 'Allow')) {
    return { policy, effect: 'Allow', findings: [], applies: false };
  }
  const readable: Fields = {
    requesters: POLICY_SCOPE.requesters.catch(undefined).parse(spec?.['requesters']),
    namespaces: POLICY_SCOPE.namespaces.catch(undefined).parse(spec?.['namespaces']),
    roles: POLICY_SCOPE.roles.catch(undefined).parse(spec?.['roles']),
  };
  return judgeDeny(policy, 'Unreadable', readable, question);
}

function fieldsOf(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null ? { ...value } : undefined;
}
