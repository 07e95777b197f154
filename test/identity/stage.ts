import { z } from 'zod';
import { GRANTABLE_LABEL, OPERATOR_NAME, OPERATOR_NAMESPACE } from '../../src/api/names.ts';
import type { ControlPlane } from '../support/controlplane.ts';
import { sharedControlPlane, uniqueName } from '../support/shared.ts';
import { ok } from './answers.ts';
import { type Caller, callerFrom } from './caller.ts';

const RBAC = '/apis/rbac.authorization.k8s.io/v1';
/** A rule that nobody should get by the back door. */
export const READ_SECRETS: Rule = { apiGroups: [''], resources: ['secrets'], verbs: ['get'] };
/** Where ClusterRoles and their bindings are. */
export const CLUSTER_ROLES = `${RBAC}/clusterroles`;
export const CLUSTER_ROLE_BINDINGS = `${RBAC}/clusterrolebindings`;

/** The paths of what Daypass reads and makes in a namespace. */
export function pathsIn(namespace: string) {
  return {
    requests: `/apis/daypass.dev/v1alpha1/namespaces/${namespace}/accessrequests`,
    reviews: `/apis/daypass.dev/v1alpha1/namespaces/${namespace}/accessreviews`,
    roles: `${RBAC}/namespaces/${namespace}/roles`,
    bindings: `${RBAC}/namespaces/${namespace}/rolebindings`,
    jobs: `/apis/batch/v1/namespaces/${namespace}/jobs`,
    pods: `/api/v1/namespaces/${namespace}/pods`,
    events: `/apis/events.k8s.io/v1/namespaces/${namespace}/events`,
    coreEvents: `/api/v1/namespaces/${namespace}/events`,
  };
}

/** What a stage needs of the control plane that it stands on. */
type Cluster = Pick<ControlPlane, 'kubeconfig' | 'user'>;

/** A namespace of its own, with a ClusterRole that the operator may grant there. */
export interface Stage {
  readonly cluster: Cluster;
  readonly admin: Caller;
  /** By a token of its service account, with the rights that deploy/ gives it. */
  readonly operator: Caller;
  readonly namespace: string;
  /** A ClusterRole over pods that the operator may bind, and `absentRole` one that it might if it existed. */
  readonly role: string;
  readonly absentRole: string;
}

/** Sets a stage in a namespace with these labels, on the shared control plane unless another is given. */
export async function newStage(
  labels: Readonly<Record<string, string>> = {},
  cluster: Cluster = sharedControlPlane(),
): Promise<Stage> {
  const admin = await callerFrom(cluster.kubeconfig);
  const namespace = uniqueName('stage');
  const role = `${namespace}-pods`;
  const absentRole = `${namespace}-absent`;
  ok(await admin.create('/api/v1/namespaces', { metadata: { name: namespace, labels } }));
  const pods = { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] };
  await createRole(admin, role, [pods]);
  await createRole(admin, `${namespace}-unmarked`, [READ_SECRETS]);
  await createRole(admin, `${namespace}-grantable`, [mayBind(role, absentRole)], { [GRANTABLE_LABEL]: 'true' });

  const operator = await serviceAccount(admin, OPERATOR_NAMESPACE, OPERATOR_NAME);
  await effective(operator, { group: 'rbac.authorization.k8s.io', resource: 'clusterroles', verb: 'bind', name: role });
  return { cluster, admin, operator, namespace, role, absentRole };
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

/** A rule of a ClusterRole to be created. */
export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** A user with a certificate, to whom these ClusterRoles are bound in the stage's namespace, in force. */
export async function person(stage: Stage, ...roles: readonly string[]): Promise<Caller & { name: string }> {
  const name = uniqueName('person');
  const caller = await callerFrom(await stage.cluster.user(name, ['developers']));
  for (const role of roles) await bindHere(stage, role, { kind: 'User', name }, caller);
  return { ...caller, name };
}

/** Whom a role is bound to. */
export interface Subject {
  readonly kind: 'User' | 'Group';
  readonly name: string;
}

/** Binds a ClusterRole in the stage's namespace, and resolves once `caller`, who is the subject, has its rights. */
export async function bindHere(
  { admin, namespace }: Stage,
  role: string,
  subject: Subject,
  caller: Caller,
): Promise<void> {
  const metadata = { name: `${subject.name}-${role}` };
  ok(await admin.create(pathsIn(namespace).bindings, { metadata, ...roleRef(role), subjects: [subject] }));
  await effective(caller, { namespace, ...(await lastRight(admin, role)) });
}

/** Binds a ClusterRole in the whole cluster, and resolves once `caller`, who is the subject, has its rights. */
export async function bindInCluster(admin: Caller, role: string, subject: Subject, caller: Caller): Promise<void> {
  const metadata = { name: `${subject.name}-${role}` };
  ok(await admin.create(CLUSTER_ROLE_BINDINGS, { metadata, ...roleRef(role), subjects: [subject] }));
  await effective(caller, await lastRight(admin, role));
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

/** The rules of a ClusterRole, as the API server gives them. */
export const Rules = z.array(
  z.object({
    apiGroups: z.array(z.string()),
    resources: z.array(z.string()),
    resourceNames: z.array(z.string()).optional(),
    verbs: z.array(z.string()),
  }),
);

interface Right {
  readonly group: string;
  readonly resource: string;
  readonly verb: string;
  readonly namespace?: string;
  readonly name?: string;
}

async function lastRight(admin: Caller, role: string): Promise<Right> {
  const rule = Rules.parse(ok(await admin.get(`${CLUSTER_ROLES}/${role}`)).rules).at(-1);
  if (rule === undefined) throw new Error(`ClusterRole ${role} has no rules`);
  const { apiGroups, resources, resourceNames = [], verbs } = rule;
  const [group = '', resource = '', verb = '', name = ''] = [apiGroups[0], resources[0], verbs[0], resourceNames[0]];
  return { group, resource, verb, name };
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
