import { z } from 'zod';
import { GRANTABLE_LABEL, OPERATOR_NAME, OPERATOR_NAMESPACE } from '../../src/api/names.ts';
import { sharedControlPlane, uniqueName } from '../support/shared.ts';
import { ok } from './answers.ts';
import { type Caller, callerFrom } from './caller.ts';

const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const readSecrets = { apiGroups: [''], resources: ['secrets'], verbs: ['get'] };
export const CLUSTER_ROLES = `${RBAC}/clusterroles`;
export const CLUSTER_ROLE_BINDINGS = `${RBAC}/clusterrolebindings`;

/** The paths of what Daypass reads and makes in a namespace. */
export function pathsIn(namespace: string) {
  return {
    requests: `/apis/daypass.dev/v1alpha1/namespaces/${namespace}/accessrequests`,
    roles: `${RBAC}/namespaces/${namespace}/roles`,
    bindings: `${RBAC}/namespaces/${namespace}/rolebindings`,
    jobs: `/apis/batch/v1/namespaces/${namespace}/jobs`,
  };
}

/** A namespace of its own, with a ClusterRole that the operator may grant there. */
export interface Stage {
  readonly admin: Caller;
  /** By a token of its service account, with the rights that deploy/ gives it. */
  readonly operator: Caller;
  readonly namespace: string;
  /** A ClusterRole over pods that the operator may bind, and `absentRole` one that it might if it existed. */
  readonly role: string;
  readonly absentRole: string;
}

/** Sets a stage on the shared control plane, in a namespace with these labels. */
export async function newStage(labels: Readonly<Record<string, string>> = {}): Promise<Stage> {
  const admin = await callerFrom(sharedControlPlane().kubeconfig);
  const namespace = uniqueName('stage');
  const role = `${namespace}-pods`;
  const absentRole = `${namespace}-absent`;
  ok(await admin.create('/api/v1/namespaces', { metadata: { name: namespace, labels } }));
  const pods = { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] };
  await createRole(admin, role, [pods]);
  await createRole(admin, `${namespace}-unmarked`, [readSecrets]);
  await createRole(admin, `${namespace}-grantable`, [mayBind(role, absentRole)], { [GRANTABLE_LABEL]: 'true' });

  const operator = await serviceAccount(admin, OPERATOR_NAMESPACE, OPERATOR_NAME);
  await effective(operator, { group: 'rbac.authorization.k8s.io', resource: 'clusterroles', verb: 'bind', name: role });
  return { admin, operator, namespace, role, absentRole };
}

/** The rule that lets its holder bind these ClusterRoles. */
export function mayBind(...roles: readonly string[]): Rule {
  return {
    apiGroups: ['rbac.authorization.k8s.io'],
    resources: ['clusterroles'],
    resourceNames: roles,
    verbs: ['bind'],
  };
}

export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** A user with a certificate, to whom these ClusterRoles are bound in the stage's namespace, in force. */
export async function person(
  { admin, namespace }: Stage,
  ...roles: readonly string[]
): Promise<Caller & { name: string }> {
  const name = uniqueName('person');
  const caller = await callerFrom(await sharedControlPlane().user(name, ['developers']));
  for (const role of roles) {
    const binding = { metadata: { name: `${name}-${role}` }, ...roleRef(role), subjects: [{ kind: 'User', name }] };
    ok(await admin.create(pathsIn(namespace).bindings, binding));
    await effective(caller, { namespace, ...(await lastRight(admin, role)) });
  }
  return { ...caller, name };
}

/** A person with every right in the namespace that an attack needs, so that RBAC leaves all to admission. */
export async function insider(stage: Stage, ...roles: readonly string[]): Promise<Caller & { name: string }> {
  const { admin, namespace, role } = stage;
  const [here, everywhere] = [uniqueName(`${namespace}-here`), uniqueName(`${namespace}-everywhere`)];
  const rbac = { apiGroups: ['rbac.authorization.k8s.io'], verbs: EVERY_VERB };
  await createRole(admin, here, [
    { apiGroups: ['daypass.dev'], resources: ['accessrequests', 'accessrequests/status'], verbs: EVERY_VERB },
    { apiGroups: ['batch'], resources: ['jobs', 'jobs/status'], verbs: EVERY_VERB },
    mayBind(role),
    { ...rbac, resources: ['roles', 'rolebindings'] },
  ]);
  await createRole(admin, everywhere, [readSecrets, { ...rbac, resources: ['clusterroles'] }]);
  const caller = await person(stage, ...roles, here);
  const binding = {
    metadata: { name: everywhere },
    ...roleRef(everywhere),
    subjects: [{ kind: 'User', name: caller.name }],
  };
  ok(await admin.create(CLUSTER_ROLE_BINDINGS, binding));
  await effective(caller, await lastRight(admin, everywhere));
  return caller;
}

/** All but the ones that RBAC or Daypass give a meaning of their own: bind, escalate, breakglass. */
const EVERY_VERB = ['get', 'list', 'create', 'update', 'patch', 'delete', 'deletecollection'];

/**
 * The operator as it would be if an administrator's mistake gave it these rights in the whole
 * cluster. They are bound to a group of its own, so that the real operator never has them.
 */
export async function operatorWith({ admin, namespace }: Stage, rules: readonly Rule[]): Promise<Caller> {
  const name = uniqueName(`${namespace}-careless`);
  await createRole(admin, name, rules);
  const binding = { metadata: { name }, ...roleRef(name), subjects: [{ kind: 'Group', name }] };
  ok(await admin.create(CLUSTER_ROLE_BINDINGS, binding));
  const careless = admin.impersonating(`system:serviceaccount:${OPERATOR_NAMESPACE}:${OPERATOR_NAME}`, name);
  await effective(careless, await lastRight(admin, name));
  return careless;
}

/** Whoever holds a token of this service account. */
export async function serviceAccount(admin: Caller, namespace: string, name: string): Promise<Caller> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
  const { status } = ok(
    await admin.create(path, { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} }),
  );
  return admin.withToken(z.object({ token: z.string() }).parse(status).token);
}

/** Creates a ClusterRole. */
export async function createRole(admin: Caller, name: string, rules: readonly Rule[], labels = {}): Promise<void> {
  ok(await admin.create(CLUSTER_ROLES, { metadata: { name, labels }, rules }));
}

/** The part of a binding that names a ClusterRole. */
export function roleRef(name: string) {
  return { roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name } };
}

interface Right {
  readonly group: string;
  readonly resource: string;
  readonly verb: string;
  readonly namespace?: string;
  readonly name?: string;
}

async function lastRight(admin: Caller, role: string): Promise<Right> {
  const Rules = z.array(
    z.object({ apiGroups: z.array(z.string()), resources: z.array(z.string()), verbs: z.array(z.string()) }),
  );
  const rule = Rules.parse(ok(await admin.get(`${CLUSTER_ROLES}/${role}`)).rules).at(-1);
  const [group = '', resource = '', verb = ''] = [rule?.apiGroups[0], rule?.resources[0], rule?.verbs[0]];
  return { group, resource, verb };
}

/** Resolves once the API server has taken note of a right just given: it learns of bindings by a watch. */
export async function effective(caller: Caller, right: Right): Promise<void> {
  const review = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes: right },
  };
  const late = AbortSignal.timeout(10_000);
  for (;;) {
    const { status } = ok(await caller.create('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', review));
    if (z.object({ allowed: z.boolean() }).parse(status).allowed) return;
    if (late.aborted) throw new Error(`Still without the right ${JSON.stringify(right)}`);
  }
}
