import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { GRANTABLE_ROLE } from '../../src/api/names.ts';
import { ok } from './answers.ts';
import type { Caller } from './caller.ts';
import { CLUSTER_ROLES, Rules, type Stage, newStage, serviceAccount } from './stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await newStage();
});

/** Everything it may do in a namespace, as the API server sees it, beyond what any service account may. */
async function rightsIn(namespace: string) {
  const anyone = new Set(
    (await rulesOf(await serviceAccount(stage.admin, 'daypass-system', 'default'), namespace)).map(written),
  );
  return (await rulesOf(stage.operator, namespace)).filter((rule) => !anyone.has(written(rule)));
}

async function rulesOf(account: Caller, namespace: string) {
  const path = '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews';
  const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: { namespace } };
  const { status } = ok(await account.create(path, review));
  const { resourceRules, incomplete } = z.object({ resourceRules: Rules, incomplete: z.boolean() }).parse(status);
  expect(incomplete).toBe(false);
  return resourceRules;
}

function written({ resources, verbs }: z.infer<typeof Rules>[number]): string {
  return `${resources.join(' ')}: ${verbs.join(' ')}`;
}

describe("the operator's rights", () => {
  it('are those of deploy/rbac, and nothing else', async () => {
    const rights = (await rightsIn(stage.namespace)).filter(({ verbs }) => !verbs.includes('bind'));
    expect(rights.map(written).toSorted()).toEqual([
      'accesspolicies: get list watch',
      'accessrequests/status accessreviews/status accesspolicies/status: patch',
      'accessrequests: get list watch patch',
      'accessreviews: get list watch patch',
      'clusterroles: get list watch',
      'events: get create',
      'jobs: get list watch create delete',
      'namespaces: get list watch',
      'rolebindings roles: get list watch create delete',
      'subjectaccessreviews: create',
      'validatingadmissionpolicies validatingadmissionpolicybindings: get list watch',
    ]);
  });

  it('hold no wildcard, no escalate, and bind on named ClusterRoles alone', async () => {
    for (const { apiGroups, resources, resourceNames, verbs } of await rightsIn('daypass-system')) {
      expect(
        [...apiGroups, ...resources, ...verbs].filter((name) => name.includes('*') || name === 'escalate'),
      ).toEqual([]);
      if (verbs.includes('bind')) expect(resourceNames).not.toHaveLength(0);
    }
  });

  it('to hand out begin with the shipped roles that are safe, daypass-pod-exec not among them', async () => {
    const base = ok(await stage.admin.get(`${CLUSTER_ROLES}/daypass-grantable-base`));
    const shipped = ['daypass-pod-logs', 'daypass-view', 'daypass-restart'];
    expect(Rules.parse(base.rules).map(({ resourceNames }) => resourceNames)).toEqual([shipped]);
    const sum = Rules.parse(ok(await stage.admin.get(`${CLUSTER_ROLES}/${GRANTABLE_ROLE}`)).rules);
    expect(sum.flatMap(({ resourceNames = [] }) => resourceNames)).toEqual(expect.arrayContaining(shipped));
    expect(sum.flatMap(({ resourceNames = [] }) => resourceNames)).not.toContain('daypass-pod-exec');
  });
});
