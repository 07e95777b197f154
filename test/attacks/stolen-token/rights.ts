import { z } from 'zod';
import { GRANTABLE_ROLE } from '../../../src/api/names.ts';
import { READS } from '../../../src/rbac/risky-rights.ts';
import { ok } from '../../identity/answers.ts';
import type { Caller } from '../../identity/caller.ts';
import { CLUSTER_ROLES, Rules, type Stage, serviceAccount } from '../../identity/stage.ts';

type Rule = z.infer<typeof Rules>[number];

/** All that the operator may do in a namespace, as the API server sees it, beyond what any service account may. */
export async function rightsIn({ admin, operator }: Stage, namespace: string): Promise<Rule[]> {
  const anyone = await rulesOf(await serviceAccount(admin, 'daypass-system', 'default'), namespace);
  return without(await rulesOf(operator, namespace), anyone);
}

/** The same, without what it may hand out: that is what grants give. */
export async function ownRightsIn(stage: Stage, namespace: string): Promise<Rule[]> {
  const rights = await rightsIn(stage, namespace);
  return without(rights, Rules.parse(ok(await stage.admin.get(`${CLUSTER_ROLES}/${GRANTABLE_ROLE}`)).rules));
}

/** Every right in these rules to change something, one by one, as RBAC says it: `patch accessrequests/status`. */
export function writesIn(rules: readonly Rule[]): Set<string> {
  const writes = rules.flatMap(({ resources, verbs }) =>
    verbs.filter((verb) => !READS.includes(verb)).flatMap((verb) => resources.map((resource) => `${verb} ${resource}`)),
  );
  return new Set(writes);
}

async function rulesOf(account: Caller, namespace: string): Promise<Rule[]> {
  const path = '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews';
  const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: { namespace } };
  const { status } = ok(await account.create(path, review));
  const { resourceRules, incomplete } = z.object({ resourceRules: Rules, incomplete: z.boolean() }).parse(status);
  if (incomplete) throw new Error('the API server does not know all rights');
  return resourceRules;
}

function without(rules: readonly Rule[], others: readonly Rule[]): Rule[] {
  const known = new Set(others.map(written));
  return rules.filter((rule) => !known.has(written(rule)));
}

function written({ apiGroups, resources, resourceNames = [], verbs }: Rule): string {
  return JSON.stringify([apiGroups, resources, resourceNames, verbs]);
}
