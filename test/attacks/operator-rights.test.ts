import { beforeAll, describe, expect, it } from 'vitest';
import { GRANTABLE_ROLE, OPERATOR_NAME } from '../../src/api/names.ts';
import { ok } from '../identity/answers.ts';
import type { Grant } from '../identity/grant.ts';
import { CLUSTER_ROLES, Rules, newStage } from '../identity/stage.ts';
import { daypassKubeconfig } from '../support/operator.ts';
import { sharedControlPlane } from '../support/shared.ts';
import { type Attacker, judge } from './attack.ts';
import { TOKEN_HOLDER } from './operator.ts';
import { meet } from './side.ts';
import { GAINS } from './stolen-token/gains.ts';
import { withKubectl } from './stolen-token/kubectl.ts';
import { ownRightsIn, rightsIn, writesIn } from './stolen-token/rights.ts';

/** What RBAC lets it try. */
const ATTACKS = TOKEN_HOLDER.attacks.filter(({ right }) => TOKEN_HOLDER.may?.includes(right.join(' ')));

/** The operator by its token, with kubectl and without. */
let thief: Attacker;
let operator: Attacker;
let grant: Grant;
/** One where grants are, its own, Kubernetes' own, and one that is always there. */
let namespaces: readonly string[];

beforeAll(async () => {
  const stage = await newStage();
  ({ attacker: operator, grant } = await meet(TOKEN_HOLDER, stage));
  const kubeconfig = await daypassKubeconfig(sharedControlPlane(), OPERATOR_NAME);
  thief = { ...withKubectl(operator, kubeconfig), name: operator.name };
  namespaces = [stage.namespace, 'daypass-system', 'kube-system', 'default'];
});

describe('the rights of the operator', () => {
  it('to write are all tried here, and no others (P7)', async () => {
    const rights = await Promise.all(namespaces.map((namespace) => ownRightsIn(grant.stage, namespace)));
    const tried = [...ATTACKS.map(({ right }) => right.join(' ')), ...GAINS.map(({ right }) => right)];
    expect(new Set(tried)).toEqual(writesIn(rights.flat()));
  });

  it('hold no wildcard, no escalate, and bind on named ClusterRoles alone', async () => {
    const rights = await Promise.all(namespaces.map((namespace) => rightsIn(grant.stage, namespace)));
    for (const { apiGroups, resources, resourceNames, verbs } of rights.flat()) {
      const names = [...apiGroups, ...resources, ...verbs];
      expect(names.filter((name) => name.includes('*') || name === 'escalate')).toEqual([]);
      if (verbs.includes('bind')) expect(resourceNames).not.toHaveLength(0);
    }
  });

  it('to hand out begin with the shipped roles that are safe, daypass-pod-exec not among them', async () => {
    const { admin } = grant.stage;
    const base = ok(await admin.get(`${CLUSTER_ROLES}/daypass-grantable-base`));
    const shipped = ['daypass-pod-logs', 'daypass-view', 'daypass-restart'];
    expect(Rules.parse(base.rules).map(({ resourceNames }) => resourceNames)).toEqual([shipped]);
    const sum = Rules.parse(ok(await admin.get(`${CLUSTER_ROLES}/${GRANTABLE_ROLE}`)).rules);
    expect(sum.flatMap(({ resourceNames = [] }) => resourceNames)).toEqual(expect.arrayContaining(shipped));
    expect(sum.flatMap(({ resourceNames = [] }) => resourceNames)).not.toContain('daypass-pod-exec');
  });
});

describe("with the operator's token and kubectl", () => {
  it.each(ATTACKS)('one is stopped who $title ($promise)', async ({ run, stoppedBy }) => {
    const answer = await run(thief, grant);
    expect(judge(answer, stoppedBy), `${stoppedBy.name} should be why, not ${answer.body.message}`).toBe(
      'stopped as it must',
    );
  });

  it.each(GAINS)('one $title, which gives $gives (P7)', async ({ run, isAll }) => {
    // kubectl reads a status before it patches one, which the operator may not.
    const answer = await run({ ...thief, patch: (path, change) => operator.patch(path, change) }, grant);
    expect(answer.code, `${answer.body.message}`).toBeLessThan(300);
    expect(await isAll(grant)).toBe(true);
  });
});
