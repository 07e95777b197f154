import { z } from 'zod';
import { type AccessPolicy, type AccessPolicySpec, POLICY_SCOPE } from '../api/access-policy.ts';
import type { Unreadable } from '../api/read.ts';
import type { CheckName, Finding } from './check.ts';
import { checkAccess, checkAccessDenied } from './checks/access.ts';
import { checkDuration, limitsOf } from './checks/duration.ts';
import { checkEmergency } from './checks/emergency.ts';
import { checkNamespaces } from './checks/namespaces.ts';
import { checkOnBehalfOf } from './checks/on-behalf-of.ts';
import { checkRequesters } from './checks/requesters.ts';
import { checkRisk } from './checks/risk.ts';
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

type Fields = Pick<
  AccessPolicySpec,
  keyof typeof POLICY_SCOPE | 'allowRisky' | 'onBehalfOf' | 'emergency' | 'duration'
>;

interface Row {
  readonly check: CheckName;
  /** Undefined where the policy does not have the field. */
  readonly ask: (spec: Fields, question: Question) => Finding | undefined;
  /** The same for a Deny, where that is another question. */
  readonly askDeny?: Row['ask'];
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
    check: 'access',
    ask: (spec, question) => (spec.roles ?? spec.permissions) && checkAccess(spec, question),
    askDeny: (spec, question) => (spec.roles ?? spec.permissions) && checkAccessDenied(spec, question),
    absent: (question) => checkAccess({}, question),
  },
  {
    check: 'risk',
    ask: (spec, question) => spec.allowRisky && checkRisk(spec.allowRisky, question),
    absent: (question) => checkRisk(undefined, question),
  },
  {
    check: 'onBehalfOf',
    ask: (spec, question) => spec.onBehalfOf && checkOnBehalfOf(spec.onBehalfOf, question),
    absent: (question) => checkOnBehalfOf([], question),
  },
  {
    check: 'emergency',
    ask: (spec, question) => spec.emergency && checkEmergency(spec.emergency, question),
    absent: (question) => checkEmergency(undefined, question),
  },
  {
    check: 'duration',
    ask: (spec, question) => {
      const limits = limitsOf(spec, question);
      return limits && checkDuration(limits, question);
    },
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

/**
 * What a Deny leaves out means any; a check that errs counts as matching. Whom it names is denied
 * whether they ask, or somebody asks for them.
 */
function judgeDeny(policy: PolicyRef, effect: 'Deny' | 'Unreadable', spec: Fields, question: Question): Judgement {
  const findings = CHECKS.flatMap(({ check, askDeny, ...row }) => {
    const ask = askDeny ?? row.ask;
    const finding = ask(spec, question);
    if (!finding) return [];
    const other = check === 'requesters' && finding.result === 'fail' ? ask(spec, asSubject(question)) : undefined;
    return [{ check, finding: other ?? finding }];
  });
  return { policy, effect, findings, applies: findings.every(({ finding }) => finding.result !== 'fail') };
}

/** The same question as if the subject asked for itself. */
function asSubject(question: Question): Question {
  const { subject } = question;
  if (subject.kind === 'User') return question;
  return { ...question, requester: { username: `system:serviceaccount:${subject.namespace}:${subject.name}` } };
}

/** An Allow that cannot be read permits nothing; anything else denies wherever its readable scope reaches. */
function judgeUnreadable(policy: PolicyRef, { raw }: Unreadable, question: Question): Judgement {
  const spec = fieldsOf(raw['spec']);
  if (spec && (spec['effect'] === undefined || spec['effect'] === 'Allow')) {
    return { policy, effect: 'Allow', findings: [], applies: false };
  }
  const requesters = POLICY_SCOPE.requesters.catch(undefined).parse(spec?.['requesters']);
  const namespaces = POLICY_SCOPE.namespaces.catch(undefined).parse(spec?.['namespaces']);
  const access = z.object({ roles: POLICY_SCOPE.roles, permissions: POLICY_SCOPE.permissions }).safeParse(spec ?? {});
  // Either of the two is enough to match, so with one of them unreadable anything may be meant.
  return judgeDeny(policy, 'Unreadable', { requesters, namespaces, ...access.data }, question);
}

function fieldsOf(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null ? { ...value } : undefined;
}
