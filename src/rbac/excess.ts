import { clip, oneLine } from '../api/text.ts';
import type { ResourceAttributes } from './act-as.ts';
import type { PolicyRule } from './rules.ts';

/** How much of one rule is told. */
const TOLD = 256;

/** The parts of a rule that say who may do what to which resources. */
type Right = Pick<PolicyRule, 'verbs' | 'apiGroups' | 'resources' | 'resourceNames'>;

/** A right that the operator must not hold. */
export interface Excess {
  /** What is wrong with it, and how it reads. One line. */
  readonly message: string;
  /** The same, as an authorizer is asked for it: whoever is allowed all of these holds it too. */
  readonly asked: readonly ResourceAttributes[];
}

/**
 * What of these rules the operator must not hold, because it would make its token a key to
 * everything: wildcards, `escalate`, and `bind` on roles that nobody named (promise P7). None twice.
 * https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping
 */
export function excessIn(rights: readonly Right[]): Excess[] {
  const found = rights.flatMap((right) => {
    const why = objectionTo(right);
    const message = `${why}: ${clip(oneLine(written(right)), TOLD)}`;
    return why === undefined ? [] : [[message, { message, asked: asked(right) }] as const];
  });
  return [...new Map(found).values()];
}

function objectionTo({ verbs, apiGroups, resources, resourceNames }: Right): string | undefined {
  if ([...verbs, ...apiGroups, ...resources].some((part) => part.includes('*'))) return 'a wildcard';
  if (verbs.includes('escalate')) return 'the verb escalate';
  if (verbs.includes('bind') && resourceNames.length === 0) return 'the verb bind without resourceNames';
  return undefined;
}

function asked({ verbs, apiGroups, resources, resourceNames }: Right): ResourceAttributes[] {
  const names = resourceNames.length === 0 ? [{}] : resourceNames.map((name) => ({ name }));
  const whats = apiGroups.flatMap((group) => resources.map((each) => ({ group, ...partsOf(each) })));
  return verbs.flatMap((verb) => whats.flatMap((what) => names.map((name) => ({ verb, ...what, ...name }))));
}

function partsOf(text: string): Pick<ResourceAttributes, 'resource' | 'subresource'> {
  const [resource = '', subresource] = text.split('/');
  return subresource === undefined ? { resource } : { resource, subresource };
}

function written({ verbs, apiGroups, resources, resourceNames }: Right): string {
  const names = resourceNames.length === 0 ? '' : ` ${resourceNames.join(',')}`;
  const groups = apiGroups.map((group) => (group === '' ? 'core' : group)).join(',');
  return `${verbs.join(',')} on ${resources.join(',')}${names} in ${groups}`;
}
