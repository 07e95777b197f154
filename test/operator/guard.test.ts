import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { SHIPPED } from '../../src/admission/shipped.ts';
import { ACCESS_POLICIES, readAccessPolicy } from '../../src/api/access-policy.ts';
import { ACCESS_REQUESTS } from '../../src/api/access-request.ts';
import { ACCESS_REVIEWS } from '../../src/api/access-review.ts';
import { findCondition } from '../../src/api/condition.ts';
import { ADMISSION_RESOURCES, CLUSTER_ROLES } from '../../src/api/kubernetes.ts';
import { OPERATOR_NAME } from '../../src/api/names.ts';
import type { HttpClient } from '../../src/runtime/http-client.ts';
import type { KubernetesObject } from '../../src/runtime/object.ts';
import { scriptOf } from '../docs/page.ts';
import { runScript } from '../docs/shell.ts';
import { errorsIn, type OperatorProcess, startOperator } from '../support/operator.ts';
import { type Grant, Grants, removeByName } from './grant.ts';
import { Observer } from './observer.ts';
import { ask, GROUP, newStage, POLICY, requestIn, type Stage } from './stage.ts';

const POLICIES = ADMISSION_RESOURCES.ValidatingAdmissionPolicy;
const BINDINGS = ADMISSION_RESOURCES.ValidatingAdmissionPolicyBinding;
const NAMESPACE = 'payments';
const MISSING = 'AdmissionNotEnforced: ValidatingAdmissionPolicy daypass-events is missing\n';
/** Milliseconds. */
const AT_ONCE = 1000;

let stage: Stage;
let operator: OperatorProcess;
let grants: Grants;
let policies: Observer;
let requests: Observer;
let dana: HttpClient;

beforeAll(async () => {
  stage = await newStage();
  await stage.namespace(NAMESPACE);
  operator = await stage.operator();
  dana = await stage.as('dana', GROUP);
  grants = await Grants.watch(stage);
  policies = await Observer.start(stage.admin, ACCESS_POLICIES.resource);
  requests = await Observer.start(stage.admin, ACCESS_REQUESTS.resource);
});

afterAll(async () => {
  for (const each of [grants, policies, requests]) each[Symbol.dispose]();
  await operator[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
});

/** Resolves once the policy's condition Ready says so. */
function told(status: string, reason: string, message = ''): Promise<void> {
  return policies.until(`Ready ${status} ${reason} ${message}`, () =>
    [...policies.current.values()].some((object) => {
      const policy = readAccessPolicy(object);
      const ready = 'unreadable' in policy ? undefined : findCondition(policy.status.conditions, 'Ready');
      return (
        object.metadata.name === POLICY &&
        ready?.status === status &&
        ready.reason === reason &&
        ready.message.includes(message)
      );
    }),
  );
}

async function putBack(): Promise<void> {
  await runScript(scriptOf('docs/install.md', 'AdmissionNotEnforced'), stage.cluster.kubeconfig);
  await told('True', 'Ready');
}

/** Resolves once the request's condition is like this. */
async function shows({ metadata }: KubernetesObject, type: string, reason: string): Promise<void> {
  await requests.find(`${metadata.name} ${type} ${reason}`, ({ object }) => {
    if (object.metadata.uid !== metadata.uid) return false;
    return findCondition(requestIn(object).status.conditions, type)?.reason === reason;
  });
}

function specOf(policy: string): Record<string, unknown> {
  const shipped = SHIPPED.find(({ kind, name }) => kind === POLICIES.kind && name === policy);
  return structuredClone(shipped?.spec ?? {});
}

function listIn(spec: Record<string, unknown>, field: string): object[] {
  return z.array(z.looseObject({})).parse(spec[field]);
}

interface Tampering {
  readonly what: string;
  /** What the operator says of it. */
  readonly says: string;
  readonly act: (admin: HttpClient) => Promise<unknown>;
}

/** Each by somebody who may write admission policies. */
const TAMPERINGS: readonly Tampering[] = [
  {
    what: 'a policy is deleted',
    says: 'ValidatingAdmissionPolicy daypass-hold-identity is missing',
    act: (admin) => removeByName(admin, POLICIES, 'daypass-hold-identity'),
  },
  {
    what: 'a binding is deleted',
    says: 'ValidatingAdmissionPolicyBinding daypass-hold-objects is missing',
    act: (admin) => removeByName(admin, BINDINGS, 'daypass-hold-objects'),
  },
  {
    what: 'a binding is set to Audit',
    says: 'ValidatingAdmissionPolicyBinding daypass-managed-objects was changed: spec.validationActions[0]',
    act: (admin) => patchBinding(admin, 'daypass-managed-objects', { validationActions: ['Audit'] }),
  },
  {
    what: 'a binding is narrowed to some namespaces',
    says: 'ValidatingAdmissionPolicyBinding daypass-fence-jobs was changed: spec.matchResources',
    act: (admin) =>
      patchBinding(admin, 'daypass-fence-jobs', {
        matchResources: { namespaceSelector: { matchLabels: { team: 'x' } } },
      }),
  },
  {
    what: 'a policy is narrowed to some namespaces',
    says: 'ValidatingAdmissionPolicy daypass-fence-rolebindings was changed: spec.matchConstraints.namespaceSelector',
    act: (admin) =>
      patchPolicy(admin, 'daypass-fence-rolebindings', {
        matchConstraints: { namespaceSelector: { matchExpressions: [{ key: 'team', operator: 'DoesNotExist' }] } },
      }),
  },
  {
    what: 'a policy is made to leave something out',
    says: 'ValidatingAdmissionPolicy daypass-events was changed: spec.matchConstraints.excludeResourceRules',
    act: (admin) =>
      patchPolicy(admin, 'daypass-events', {
        matchConstraints: {
          excludeResourceRules: [
            {
              apiGroups: [''],
              apiVersions: ['v1'],
              resources: ['events'],
              operations: ['CREATE'],
              resourceNames: ['x'],
            },
          ],
        },
      }),
  },
  {
    what: 'a policy gets a condition',
    says: 'ValidatingAdmissionPolicy daypass-hold-objects was changed: spec.matchConditions',
    act: (admin) =>
      patchPolicy(admin, 'daypass-hold-objects', {
        matchConditions: [{ name: 'mine', expression: 'request.userInfo.username != "mallory"' }],
      }),
  },
  {
    what: 'a policy loses a validation',
    says: 'ValidatingAdmissionPolicy daypass-hold-deletion was changed: spec.validations',
    act: (admin) =>
      patchPolicy(admin, 'daypass-hold-deletion', {
        validations: listIn(specOf('daypass-hold-deletion'), 'validations').slice(1),
      }),
  },
  {
    what: 'a policy fails open',
    says: 'ValidatingAdmissionPolicy daypass-policy-authors was changed: spec.failurePolicy',
    act: (admin) => patchPolicy(admin, 'daypass-policy-authors', { failurePolicy: 'Ignore' }),
  },
  {
    what: 'a validation is always true',
    says: 'ValidatingAdmissionPolicy daypass-fuse-pods was changed: spec.validations[0].expression',
    act: (admin) =>
      patchPolicy(admin, 'daypass-fuse-pods', {
        validations: listIn(specOf('daypass-fuse-pods'), 'validations').map((each) => ({
          ...each,
          expression: 'true',
        })),
      }),
  },
];

function patchPolicy(admin: HttpClient, name: string, spec: object): Promise<KubernetesObject> {
  return admin.patch(POLICIES, { name }, { spec });
}

function patchBinding(admin: HttpClient, name: string, spec: object): Promise<KubernetesObject> {
  return admin.patch(BINDINGS, { name }, { spec });
}

describe.each(TAMPERINGS)('when $what', ({ act, says }) => {
  it('nothing is granted until it is put back', async () => {
    await act(stage.admin);
    await told('False', 'AdmissionNotEnforced', says);
    const meanwhile = await ask(dana, NAMESPACE, { duration: '1h' });
    await shows(meanwhile, 'Ended', 'AdmissionNotEnforced');
    await putBack();
    const grant = await grants.make(dana, NAMESPACE);
    const { status } = requestIn(await stage.admin.get(ACCESS_REQUESTS.resource, nameOf(meanwhile)));
    expect(status).toMatchObject({ phase: 'Denied' });
    await dana.delete(ACCESS_REQUESTS.resource, grant, { uid: grant.uid });
    await grants.gone(grant);
  });
});

function nameOf({ metadata: { namespace = '', name = '' } }: KubernetesObject): { namespace: string; name: string } {
  return { namespace, name };
}

describe('while a policy is missing', () => {
  it('the operator is not ready, and grants end as ever: on time, by deletion, by Revoke', async () => {
    const [brief, deleted, revoked] = [
      await grants.make(dana, NAMESPACE, { duration: '10s' }),
      await grants.make(dana, NAMESPACE),
      await grants.make(dana, NAMESPACE),
    ];
    await removeByName(stage.admin, POLICIES, 'daypass-events');
    await told('False', 'AdmissionNotEnforced', 'daypass-events is missing');
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
    await shows(meanwhile, 'Ended', 'AdmissionNotEnforced');
    expect(await operator.ask('/readyz')).toEqual({ code: 503, text: MISSING });
    await putBack();
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
    await told('False', 'AdmissionNotEnforced', 'the admission policies could not be listed');
    const { code, text } = await operator.ask('/readyz');
    expect(code).toBe(503);
    expect(text).toMatch(/^AdmissionNotEnforced: the admission policies have not been read yet: .* forbidden: /);
  });
});

async function endOf({ namespace, name }: Grant): Promise<number> {
  const { status } = requestIn(await stage.admin.get(ACCESS_REQUESTS.resource, { namespace, name }));
  return Date.parse(status.expiresAt ?? '');
}
