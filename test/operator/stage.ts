import { ACCESS_POLICIES, readAccessPolicy } from '../../src/api/access-policy.ts';
import { ACCESS_REQUESTS, type AccessRequest, readAccessRequest } from '../../src/api/access-request.ts';
import { findCondition } from '../../src/api/condition.ts';
import { CLUSTER_ROLE_BINDINGS, CONFIG_MAPS, NAMESPACES, ROLE_BINDINGS } from '../../src/api/kubernetes.ts';
import { MANAGED_SELECTOR, OPERATOR_NAME, OPERATOR_NAMESPACE } from '../../src/api/names.ts';
import { connect, type HttpClient } from '../../src/runtime/http-client.ts';
import type { KubernetesObject } from '../../src/runtime/object.ts';
import { type ControlPlane, startControlPlane } from '../support/controlplane.ts';
import { installDaypass } from '../support/install.ts';
import { daypassKubeconfig, type OperatorProcess, startOperator } from '../support/operator.ts';
import { Observer } from './observer.ts';

/** The role that everybody here asks for; shipped, and marked as grantable. */
const ROLE = 'daypass-pod-logs';
/** Everybody in this group may ask, in every namespace that {@link Stage.namespace} made. */
export const GROUP = 'developers';
/** The policy that lets them have {@link ROLE}. */
export const POLICY = 'developers-debug';

/** A control plane of its own, with Daypass installed and no operator yet. */
export interface Stage extends AsyncDisposable {
  readonly cluster: ControlPlane;
  /** As cluster administrator. */
  readonly admin: HttpClient;
  /** As anybody, by impersonation: to the API server the same as if they came themselves. */
  readonly as: (user: string, ...groups: readonly string[]) => Promise<HttpClient>;
  /** A new namespace in which developers may ask. */
  readonly namespace: (name: string) => Promise<void>;
  /** An operator under its service account, in charge: it has seen a fuse burn, and said so for those who come after it. */
  readonly operator: () => Promise<OperatorProcess>;
  /** For {@link startOperator} */
  readonly operatorKubeconfig: string;
}

/** Starts and installs all that an operator needs. */
export async function newStage(): Promise<Stage> {
  const cluster = await startControlPlane();
  try {
    return await setUp(cluster);
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

async function setUp(cluster: ControlPlane): Promise<Stage> {
  const { kubeconfig } = cluster;
  await installDaypass(cluster);
  const operatorKubeconfig = await daypassKubeconfig(cluster, OPERATOR_NAME);
  const admin = await connect({ kubeconfig });
  const clients = [admin];
  const group = { apiGroup: CLUSTER_ROLE_BINDINGS.group, kind: 'Group', name: GROUP };
  await admin.create(CLUSTER_ROLE_BINDINGS, {
    metadata: { name: 'developers-may-ask' },
    roleRef: { apiGroup: CLUSTER_ROLE_BINDINGS.group, kind: 'ClusterRole', name: 'daypass-requester' },
    subjects: [group],
  });
  await putPolicy(admin, POLICY);

  async function as(user: string, ...groups: readonly string[]): Promise<HttpClient> {
    const client = await connect({ kubeconfig, impersonate: { user, groups } });
    clients.push(client);
    return client;
  }
  return {
    cluster,
    admin,
    as,
    operatorKubeconfig,
    namespace: async (name) => void (await admin.create(NAMESPACES, { metadata: { name, labels: { team: GROUP } } })),
    operator: async () => inCharge(admin, await startOperator(operatorKubeconfig)),
    async [Symbol.asyncDispose]() {
      await Promise.all(clients.map((client) => client.close()));
      await cluster.stop();
    },
  };
}

/** Lets developers have the role in every namespace of theirs, for at most an hour, but for what `spec` changes. */
export function putPolicy(client: HttpClient, name: string, spec: object = {}): Promise<KubernetesObject> {
  const allow = {
    requesters: [{ kind: 'Group', name: GROUP }],
    namespaces: { selector: { matchLabels: { team: GROUP } } },
    roles: [ROLE],
    duration: { max: '1h' },
    approval: { automatic: true },
  };
  return client.create(ACCESS_POLICIES.resource, { metadata: { name }, spec: { ...allow, ...spec } });
}

/** Asks for the role, as whoever `client` is. */
export function ask(client: HttpClient, namespace: string, spec: object = {}): Promise<KubernetesObject> {
  return client.create(ACCESS_REQUESTS.resource, {
    metadata: { generateName: 'ask-', namespace },
    spec: { roleRef: { kind: 'ClusterRole', name: ROLE }, reason: 'INC-4711 checkout returns 5xx', ...spec },
  });
}

/** A request as the API server sends it. */
export function requestIn(object: KubernetesObject): AccessRequest {
  const request = readAccessRequest(object);
  if ('unreadable' in request) throw new Error(request.unreadable);
  return request;
}

/** Everything that is a grant, in all namespaces. */
export function observeBindings(client: HttpClient): Promise<Observer> {
  return Observer.start(client, ROLE_BINDINGS, { labelSelector: MANAGED_SELECTOR });
}

/** Resolves to the operator once it has seen a fuse burn, and said so; kills it where it does not. */
export async function inCharge(admin: HttpClient, operator: OperatorProcess): Promise<OperatorProcess> {
  try {
    await operator.ready();
    using policies = await Observer.start(admin, ACCESS_POLICIES.resource);
    using checkpoint = await Observer.start(admin, CONFIG_MAPS, { namespace: OPERATOR_NAMESPACE });
    await policies.until('the policy is Ready', () => [...policies.current.values()].some(isReady));
    await checkpoint.until('a proven fuse is on record', () =>
      [...checkpoint.current.values()].some(({ data }) => JSON.stringify(data ?? {}).includes('fuseProvenAt')),
    );
    return operator;
  } catch (error) {
    await operator.kill();
    throw error;
  }
}

function isReady(object: KubernetesObject): boolean {
  const policy = readAccessPolicy(object);
  return !('unreadable' in policy) && findCondition(policy.status.conditions, 'Ready')?.status === 'True';
}
