import { ACCESS_POLICIES } from '../../../src/api/access-policy.ts';
import { ACCESS_REQUESTS, type AccessRequest } from '../../../src/api/access-request.ts';
import { ACCESS_REVIEWS, readAccessReview } from '../../../src/api/access-review.ts';
import { findCondition } from '../../../src/api/condition.ts';
import { CLUSTER_ROLE_BINDINGS, CLUSTER_ROLES, NAMESPACES, ROLE_BINDINGS, ROLES } from '../../../src/api/kubernetes.ts';
import { managedName } from '../../../src/api/names.ts';
import type { HttpClient } from '../../../src/runtime/http-client.ts';
import type { KubernetesObject } from '../../../src/runtime/object.ts';
import { type Grant, removeByName } from '../../operator/grant.ts';
import type { Seen } from '../../operator/observer.ts';
import { GROUP, putPolicy, requestIn } from '../../operator/stage.ts';
import type { Arena } from './arena.ts';
import { inForce, type Rule } from './rights.ts';

/** When access begins, where an attack takes place before: enough time for it, be the machine ever so busy. */
export function soon(): string {
  return new Date(Date.now() + 10_000).toISOString();
}

/** Where one attack takes place: a namespace of its own, in an arena that all share. */
export class Scene {
  readonly arena: Arena;
  /** In which nobody may have anything, unless the attack puts a policy there. */
  readonly namespace: string;
  /** All namespaces in which nobody may have anything in the end. */
  readonly namespaces: string[];
  /** Uids of the requests that were granted as they should be. */
  readonly granted = new Set<string>();
  /** Uids of the requests whose bindings the attack planted itself. */
  readonly planted = new Set<string>();

  private constructor(arena: Arena, namespace: string) {
    this.arena = arena;
    this.namespace = namespace;
    this.namespaces = [namespace];
  }

  static async set(arena: Arena): Promise<Scene> {
    const scene = new Scene(arena, `scene-${crypto.randomUUID().slice(0, 8)}`);
    await arena.stage.admin.create(NAMESPACES, { metadata: { name: scene.namespace } });
    return scene;
  }

  get admin(): HttpClient {
    return this.arena.stage.admin;
  }

  /** Another namespace of this scene. */
  async annex(labels: Readonly<Record<string, string>> = {}): Promise<string> {
    const name = `${this.namespace}-${this.namespaces.length}`;
    await this.admin.create(NAMESPACES, { metadata: { name, labels } });
    this.namespaces.push(name);
    return name;
  }

  /** A developer, by a name that nobody else has. */
  developer(name = `dev-${this.namespace}`, ...more: readonly string[]): Promise<HttpClient> {
    return this.arena.as(name, GROUP, ...more);
  }

  /** A service account, of this namespace if no other is named. */
  serviceAccount(name: string, namespace = this.namespace): Promise<HttpClient> {
    const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`];
    return this.arena.as(`system:serviceaccount:${namespace}:${name}`, ...groups);
  }

  /** The same, as a policy names it. */
  account(name: string): object {
    return { kind: 'ServiceAccount', namespace: this.namespace, name };
  }

  /** One of each of these groups must agree. */
  byGroups(...groups: readonly string[]): object {
    return { required: groups.map((name) => ({ reviewers: [{ kind: 'Group', name }], count: 1 })) };
  }

  /** Gives a user this right here, and resolves once the API server goes by it. */
  async right(user: string, rule: Rule): Promise<void> {
    const [name, { namespace }] = [`right-of-${user}`, this];
    await this.admin.create(ROLES, { metadata: { name, namespace }, rules: [rule] });
    await this.#bind(user, { kind: 'Role', name }, rule);
  }

  /** The same in the whole cluster. */
  async rightEverywhere(user: string, rule: Rule): Promise<void> {
    const [{ namespace, admin }, { group: apiGroup }, name] = [this, CLUSTER_ROLES, `right-of-${user}`];
    await admin.create(CLUSTER_ROLES, { metadata: { name }, rules: [rule] });
    await admin.create(CLUSTER_ROLE_BINDINGS, {
      metadata: { name },
      roleRef: { apiGroup, kind: 'ClusterRole', name },
      subjects: [{ apiGroup, kind: 'User', name: user }],
    });
    await inForce(admin, { user, namespace, rule });
  }

  /** The same for a ClusterRole that is among those of Kubernetes itself. */
  bind(user: string, name: 'edit' | 'admin'): Promise<void> {
    const rule = { apiGroups: ['batch'], resources: ['jobs'], verbs: ['delete'] } as const;
    return this.#bind(user, { kind: 'ClusterRole', name }, rule);
  }

  async #bind(user: string, role: { kind: string; name: string }, rule: Rule): Promise<void> {
    const [{ namespace, admin }, apiGroup] = [this, ROLES.group];
    await admin.create(ROLE_BINDINGS, {
      metadata: { name: `${user}-${role.name}`, namespace },
      roleRef: { apiGroup, ...role },
      subjects: [{ apiGroup, kind: 'User', name: user }],
    });
    await inForce(admin, { user, namespace, rule });
  }

  lead(): Promise<HttpClient> {
    return this.arena.as('lena', 'leads');
  }

  /** Lets developers have the role here, if a lead agrees, but for what `spec` changes. */
  async policy(spec: object = {}, name = this.namespace): Promise<void> {
    await putPolicy(this.admin, name, {
      namespaces: { names: this.namespaces },
      approval: this.byGroups('leads'),
      ...spec,
    });
  }

  /** Deletes a policy of this scene. */
  async drop(name = this.namespace): Promise<void> {
    await removeByName(this.admin, ACCESS_POLICIES.resource, name);
  }

  /** Denies everybody everything here. */
  async deny(namespaces: object = { names: [this.namespace] }): Promise<void> {
    const spec = { effect: 'Deny', namespaces };
    await this.admin.create(ACCESS_POLICIES.resource, { metadata: { name: `deny-${this.namespace}` }, spec });
  }

  /** Changes a policy of this scene, as whoever `client` is. */
  async edit(client: HttpClient, spec: object, name = this.namespace): Promise<void> {
    await client.patch(ACCESS_POLICIES.resource, { name }, { spec });
  }

  async ask(client: HttpClient, spec: object = {}, metadata: object = {}): Promise<Grant> {
    const { namespace } = this;
    const { metadata: made } = await client.create(ACCESS_REQUESTS.resource, {
      metadata: { generateName: 'ask-', namespace, ...metadata },
      spec: {
        roleRef: { kind: 'ClusterRole', name: 'daypass-pod-logs' },
        duration: '10m',
        reason: 'INC-4711 checkout returns 5xx',
        ...spec,
      },
    });
    const { name = '', uid = '' } = made;
    return { namespace: made.namespace ?? namespace, name, uid, managed: managedName(uid) };
  }

  /** A request that waits for reviews. */
  async pending(client: HttpClient, spec: object = {}, metadata: object = {}): Promise<Grant> {
    const asked = await this.ask(client, spec, metadata);
    await this.reaches(asked, 'Pending');
    return asked;
  }

  /** A grant as it should be: asked for, approved by a lead if need be, and Active. */
  async grant(client: HttpClient, spec: object = {}, metadata: object = {}): Promise<Grant> {
    const asked = await this.ask(client, spec, metadata);
    this.granted.add(asked.uid);
    if ((await this.reaches(asked, 'Pending', 'Active')) === 'Pending') {
      await this.review(await this.lead(), asked, 'Approve');
    }
    await this.reaches(asked, 'Active');
    return asked;
  }

  /** Gives a review; resolves with its reason, once it has been weighed. */
  async review(
    who: HttpClient,
    { namespace, name, uid }: Pick<Grant, 'namespace' | 'name' | 'uid'>,
    decision: string,
    comment?: string,
  ): Promise<string> {
    const { metadata } = await who.create(ACCESS_REVIEWS.resource, {
      metadata: { generateName: 'review-', namespace },
      spec: { request: { name, uid }, decision, ...(comment === undefined ? {} : { comment }) },
    });
    const seen = await this.arena.reviews.find('the review has been weighed', ({ object }) => {
      return object.metadata.uid === metadata.uid && standingOf(object) !== undefined;
    });
    return standingOf(seen.object) ?? '';
  }

  /** Resolves with this reason as soon as a review of the request has it: of two in one second either may come first. */
  async oneIs({ namespace }: Grant, reason: string): Promise<string> {
    await this.arena.reviews.find(`a review in ${namespace} is ${reason}`, ({ object }) => {
      return object.metadata.namespace === namespace && standingOf(object) === reason;
    });
    return reason;
  }

  /** Resolves with the phase, as soon as it is one of these. */
  async reaches(asked: Grant, ...phases: readonly string[]): Promise<string> {
    const found = await this.#find(asked, phases.join(' or '), ({ status: { phase = '' } }) => phases.includes(phase));
    return found.status.phase ?? '';
  }

  /** Resolves with the last entry of the history of a request that has ended, such as `Denied NoPolicyPermits`. */
  async ended(asked: Grant): Promise<string> {
    const { status } = await this.#find(asked, 'the end', (request) => request.status.endedAt !== undefined);
    const last = status.history?.at(-1);
    return `${last?.type} ${last?.reason}`;
  }

  /** Resolves with the reason of a condition, as soon as that is false. */
  async waitsFor(asked: Grant, type: 'Approved' | 'Active'): Promise<string> {
    const { status } = await this.#find(asked, `not ${type}`, (request) => {
      return findCondition(request.status.conditions, type)?.status === 'False';
    });
    return findCondition(status.conditions, type)?.reason ?? '';
  }

  /** Resolves with the last entry of the history of an approved request, as soon as it waits for approvals again. */
  async pendingAgain(asked: Grant): Promise<string> {
    const { status } = await this.#find(asked, 'pending again', ({ status: { phase, history } }) => {
      return phase === 'Pending' && history?.at(-1)?.reason === 'ReviewsMissing';
    });
    return `${status.history?.at(-1)?.type} ${status.history?.at(-1)?.reason}`;
  }

  /** Resolves with the request as it is, as soon as this holds. */
  async until(asked: Grant, what: string, is: (request: AccessRequest) => boolean): Promise<AccessRequest> {
    return this.#find(asked, what, is);
  }

  async #find({ uid, name }: Grant, what: string, is: (request: AccessRequest) => boolean): Promise<AccessRequest> {
    const seen = await this.arena.requests.find(`${name}: ${what}`, (each: Seen) => {
      return each.object.metadata.uid === uid && is(requestIn(each.object));
    });
    return requestIn(seen.object);
  }
}

function standingOf(object: KubernetesObject): string | undefined {
  const review = readAccessReview(object);
  return 'unreadable' in review ? undefined : review.status.reason;
}
