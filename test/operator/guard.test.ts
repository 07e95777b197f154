import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCESS_REQUESTS } from '../../src/api/access-request.ts';
import { ACCESS_REVIEWS } from '../../src/api/access-review.ts';
import { ADMISSION_RESOURCES, CLUSTER_ROLES } from '../../src/api/kubernetes.ts';
import { OPERATOR_NAME } from '../../src/api/names.ts';
import type { HttpClient } from '../../src/runtime/http-client.ts';
import { errorsIn, type OperatorProcess, startOperator } from '../support/operator.ts';
import { type Grant, Grants, removeByName } from './grant.ts';
import { ask, GROUP, newStage, requestIn, type Stage } from './stage.ts';
import { Trust } from './trust.ts';

const POLICIES = ADMISSION_RESOURCES.ValidatingAdmissionPolicy;
const NAMESPACE = 'payments';
const MISSING = 'AdmissionNotEnforced: ValidatingAdmissionPolicy daypass-events is missing\n';
/** Milliseconds. */
const AT_ONCE = 1000;

let stage: Stage;
let operator: OperatorProcess;
let grants: Grants;
let trust: Trust;
let dana: HttpClient;

beforeAll(async () => {
  stage = await newStage();
  await stage.namespace(NAMESPACE);
  operator = await stage.operator();
  dana = await stage.as('dana', GROUP);
  grants = await Grants.watch(stage);
  trust = await Trust.watch(stage);
});

afterAll(async () => {
  for (const each of [grants, trust]) each[Symbol.dispose]();
  await operator[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
});

describe('while a policy is missing', () => {
  it('the operator is not ready, and grants end as ever: on time, by deletion, by Revoke', async () => {
    const [brief, deleted, revoked] = [
      await grants.make(dana, NAMESPACE, { duration: '10s' }),
      await grants.make(dana, NAMESPACE),
      await grants.make(dana, NAMESPACE),
    ];
    await removeByName(stage.admin, POLICIES, 'daypass-events');
    await trust.told('False', 'AdmissionNotEnforced', 'daypass-events is missing');
    expect(await operator.ask('/readyz')).toEqual({ code: 503, text: MISSING });
    expect(await operator.ask('/healthz')).toEqual({ code: 200, text: 'ok\n' });

    let since = Date.now();
    await dana.delete(ACCESS_REQUESTS.resource, deleted, { uid: deleted.uid });
    expect((await grants.gone(deleted)) - since).toBeLessThan(AT_ONCE);
    since = Date.now();
    await dana.create(ACCESS_REVIEWS.resource, {
      metadata: { generateName: 'enough-', namespace: NAMESPACE },
      spec: { request: { name: revoked.name, uid: revoked.uid }, decision: 'Revoke' },
    });
    expect((await grants.gone(revoked)) - since).toBeLessThan(AT_ONCE);
    await grants.told(brief, 'Expired Expired');
    expect((await grants.gone(brief)) - (await endOf(brief))).toBeLessThan(AT_ONCE);
  });

  it('an operator that starts denies what was made while it was down, says why, and grants again once all is back', async () => {
    const { log } = await operator.stop();
    expect(new Set(errorsIn(log).map(({ msg }) => msg))).toEqual(
      new Set(['the admission policies cannot be relied on: nothing is granted until they can']),
    );
    const meanwhile = await ask(dana, NAMESPACE, { duration: '1h' });
    operator = await startOperator(stage.operatorKubeconfig);
    await trust.shows(meanwhile, 'Ended', 'AdmissionNotEnforced');
    expect(await operator.ask('/readyz')).toEqual({ code: 503, text: MISSING });
    await trust.putBack();
    await operator.ready();
    await grants.make(dana, NAMESPACE);
  });
});

describe('an operator that may not read the admission policies', () => {
  it('is not ready, and ends grants all the same', async () => {
    const brief = await grants.make(dana, NAMESPACE, { duration: '10s' });
    await operator.stop();
    const { rules } = await stage.admin.get(CLUSTER_ROLES, { name: OPERATOR_NAME });
    const fewer = Array.isArray(rules) ? rules.filter((rule) => !JSON.stringify(rule).includes(POLICIES.group)) : [];
    await stage.admin.patch(CLUSTER_ROLES, { name: OPERATOR_NAME }, { rules: fewer });
    operator = await startOperator(stage.operatorKubeconfig);
    await grants.told(brief, 'Expired Expired');
    expect((await grants.gone(brief)) - (await endOf(brief))).toBeLessThan(AT_ONCE);
    await trust.told('False', 'AdmissionNotEnforced', 'the admission policies could not be listed');
    const { code, text } = await operator.ask('/readyz');
    expect(code).toBe(503);
    expect(text).toMatch(/^AdmissionNotEnforced: the admission policies have not been read yet: .* forbidden: /);
  });
});

async function endOf({ namespace, name }: Grant): Promise<number> {
  const { status } = requestIn(await stage.admin.get(ACCESS_REQUESTS.resource, { namespace, name }));
  return Date.parse(status.expiresAt ?? '');
}
