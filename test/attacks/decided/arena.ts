import { ACCESS_REQUESTS } from '../../../src/api/access-request.ts';
import { ACCESS_REVIEWS } from '../../../src/api/access-review.ts';
import { CLUSTER_ROLE_BINDINGS, CLUSTER_ROLES, EVENTS, ROLE_BINDINGS } from '../../../src/api/kubernetes.ts';
import { GRANTABLE_LABEL } from '../../../src/api/names.ts';
import { connect, type HttpClient } from '../../../src/runtime/http-client.ts';
import type { KubernetesObject } from '../../../src/runtime/object.ts';
import { Observer } from '../../operator/observer.ts';
import { newStage, type Stage } from '../../operator/stage.ts';
import type { OperatorProcess } from '../../support/operator.ts';

/** Groups of people, and the ClusterRole that each has in the whole cluster. Developers may ask: see the stage. */
const RIGHTS = [
  ['leads', 'daypass-reviewer'],
  ['security', 'daypass-reviewer'],
  ['policy-authors', 'daypass-policy-author'],
  ['policy-authors', 'bind-pod-logs'],
  ['system:serviceaccounts', 'daypass-requester'],
] as const;

/** A control plane with an operator in charge, for many attacks side by side. */
export interface Arena extends AsyncDisposable {
  readonly stage: Stage;
  readonly operator: OperatorProcess;
  readonly requests: Observer;
  readonly reviews: Observer;
  /** All that there are, whatever they are labelled. */
  readonly bindings: Observer;
  readonly events: Observer;
  /** As this user, by impersonation, or by a certificate where a header could not hold the name. The same client for the same user. */
  readonly as: (user: string, ...groups: readonly string[]) => Promise<HttpClient>;
  /** The name of a ClusterRole that the operator may bind, and that is not there: another one each time. */
  readonly role: () => string;
  /** By a token of the operator's own service account. */
  readonly operatorToken: HttpClient;
}

/** Starts everything. */
export async function openArena(): Promise<Arena> {
  const stage = await newStage();
  const { admin } = stage;
  for (const [group, role] of RIGHTS) await admin.create(CLUSTER_ROLE_BINDINGS, bindingOf(group, role));
  await admin.create(CLUSTER_ROLES, { metadata: { name: 'bind-pod-logs' }, rules: [mayBind('daypass-pod-logs')] });
  const scratch = Array.from({ length: 16 }, (_, n) => `scratch-${n}`);
  await admin.create(CLUSTER_ROLES, {
    metadata: { name: 'bind-scratch', labels: { [GRANTABLE_LABEL]: 'true' } },
    rules: [mayBind(...scratch)],
  });
  await admin.create(CLUSTER_ROLES, {
    metadata: { name: 'look-at-pods', labels: { [GRANTABLE_LABEL]: 'true' } },
    rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }],
  });
  const operator = await stage.operator();
  const [requests, reviews, bindings, events] = await Promise.all([
    Observer.start(admin, ACCESS_REQUESTS.resource),
    Observer.start(admin, ACCESS_REVIEWS.resource),
    Observer.start(admin, ROLE_BINDINGS),
    Observer.start(admin, EVENTS),
  ]);
  const operatorToken = await connect({ kubeconfig: stage.operatorKubeconfig });
  const clients = new Map<string, Promise<HttpClient>>();

  function as(user: string, ...groups: readonly string[]): Promise<HttpClient> {
    const key = JSON.stringify([user, groups]);
    const known = clients.get(key) ?? (isHeader(user) ? stage.as(user, ...groups) : certified(stage, user, groups));
    clients.set(key, known);
    return known;
  }
  return {
    stage,
    operator,
    requests,
    reviews,
    bindings,
    events,
    as,
    role() {
      const name = scratch.pop();
      if (name === undefined) throw new Error('there are no more roles');
      return name;
    },
    operatorToken,
    async [Symbol.asyncDispose]() {
      for (const observer of [requests, reviews, bindings, events]) observer[Symbol.dispose]();
      await operator[Symbol.asyncDispose]();
      const all = await Promise.all(clients.values());
      await Promise.all([operatorToken, ...all].map((client) => client.close()));
      await stage[Symbol.asyncDispose]();
    },
  };
}

/** Whether HTTP lets a header have this value, to the last space. */
function isHeader(user: string): boolean {
  return /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(user);
}

async function certified({ cluster }: Stage, user: string, groups: readonly string[]): Promise<HttpClient> {
  return connect({ kubeconfig: await cluster.user(user, groups) });
}

function mayBind(...resourceNames: readonly string[]): object {
  const { group, plural } = CLUSTER_ROLES;
  return { apiGroups: [group], resources: [plural], resourceNames, verbs: ['bind'] };
}

function bindingOf(group: string, role: string): KubernetesObject {
  const { group: apiGroup } = CLUSTER_ROLE_BINDINGS;
  return {
    metadata: { name: `${group}-${role}`.replaceAll(':', '-') },
    roleRef: { apiGroup, kind: 'ClusterRole', name: role },
    subjects: [{ apiGroup, kind: 'Group', name: group }],
  };
}
