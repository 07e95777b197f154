import { oneLine } from '../api/text.ts';
import type { CheckName, FailureCode, Finding } from './check.ts';
import type { Verdict } from './decide.ts';
import type { Judgement } from './judge.ts';

const NEAREST = 3;
const LISTED = 8;

const TEXT = {
  RequesterNotListed: () => 'you are not among its requesters',
  SubjectNotListed: ({ wanted, got }) =>
    `it does not let you ask for ${got}, only for yourself${wanted === '' ? '' : ` and ${wanted}`}`,
  NamespaceNotListed: ({ wanted, got }) =>
    wanted === '' ? 'it is for no namespace' : `it is not for namespace ${got}, only for ${wanted}`,
  RoleNotListed: ({ wanted, got }) =>
    wanted === '' ? 'it lets nobody ask for a role' : `it does not give ${got}, only ${wanted}`,
  PermissionsNotListed: ({ wanted, got }) =>
    wanted === '' ? 'it lets nobody ask by permission' : `it does not give ${got}, only ${wanted}`,
  Risky: ({ got }) => `it does not allow what is risky (${got})`,
  EmergencyNotPermitted: () => 'it permits no emergencies',
  DurationTooLong: ({ wanted, got }) => `${got} is longer than its ${wanted}`,
} as const satisfies Record<FailureCode, (values: { wanted: string; got: string }) => string>;

/**
 * Why a verdict denies, in one line for the person who asked. It tells of policies that name the
 * asker, nearest miss first, and of no others: who else may do what is not theirs to know.
 */
export function explainDenial(verdict: Verdict & { decision: 'Deny' }): string {
  switch (verdict.code) {
    case 'DeniedByPolicy':
      return `policy ${verdict.policy?.name ?? ''} denies this`;
    case 'PolicyUnreadable':
      return `policy ${verdict.policy?.name ?? ''} cannot be read, and nothing new is granted where it may apply`;
    case 'NoReviewers':
      return `policy ${verdict.policy?.name ?? ''} asks for more approvals than there are people besides you to give them`;
    case 'NoPolicyPermits':
      return oneLine(explainMisses(verdict.judgements));
  }
}

function explainMisses(judgements: readonly Judgement[]): string {
  const near = judgements
    .filter(({ effect, findings }) => effect === 'Allow' && passed(findings, 'requesters'))
    .map(({ policy, findings }) => ({ policy, misses: findings.flatMap(({ finding }) => explainFinding(finding)) }))
    .toSorted((a, b) => a.misses.length - b.misses.length || (a.policy.name < b.policy.name ? -1 : 1));
  if (near.length === 0) return 'no policy lets you ask for access';
  return `no policy permits this: ${near
    .slice(0, NEAREST)
    .map(({ policy, misses }) => `${policy.name}: ${misses.join(', ')}`)
    .join('; ')}`;
}

function passed(findings: Judgement['findings'], name: CheckName): boolean {
  return findings.some(({ check, finding }) => check === name && finding.result === 'pass');
}

function explainFinding(finding: Finding): string[] {
  switch (finding.result) {
    case 'pass':
      return [];
    case 'errored':
      return ['it cannot be evaluated'];
    case 'fail':
      return [TEXT[finding.code]({ wanted: listed(finding.wanted), got: finding.got })];
  }
}

/** Empty where there is nothing to list. */
function listed(wanted: readonly string[]): string {
  return wanted.length <= LISTED ? wanted.join(', ') : `${wanted.slice(0, LISTED).join(', ')}, …`;
}
