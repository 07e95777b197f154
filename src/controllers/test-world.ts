import { ACCESS_POLICIES } from '../api/access-policy.ts';
import { ACCESS_REQUESTS, type AccessRequest, readAccessRequest } from '../api/access-request.ts';
import { ACCESS_REVIEWS, type AccessReview, type ReviewDecision, readAccessReview } from '../api/access-review.ts';
import { fromSeconds } from '../api/duration.ts';
import type { Identity } from '../api/identity.ts';
import { CLUSTER_ROLES, CONFIG_MAPS, NAMESPACES, SUBJECT_ACCESS_REVIEWS } from '../api/kubernetes.ts';
import { GRANTABLE_ROLE, OPERATOR_NAMESPACE } from '../api/names.ts';
import type { Client } from '../runtime/client.ts';
import { ApiError } from '../runtime/errors.ts';
import type { Fence } from '../runtime/fenced-client.ts';
import { Health } from '../runtime/health.ts';
import { MemoryClient } from '../runtime/memory-client.ts';
import { type Checkpoint, loadCheckpoint } from '../record/checkpoint.ts';
import { Manager } from '../runtime/manager.ts';
import { RateLimit } from '../runtime/rate-limit.ts';
import { RuntimeMetrics } from '../runtime/metrics.ts';
import { apiVersionOf, type KubernetesObject, nameOf, type Resource } from '../runtime/object.ts';
import { settle, TestClock } from '../runtime/test-clock.ts';
import { testLog } from '../runtime/test-log.ts';
import { testRandom } from '../runtime/test-random.ts';
import { createOperator, type Operator } from './operator.ts';
import { ADMISSION, refusalOf } from './test-admission.ts';
import { kubernetesWorks } from './test-kubernetes.ts';
import { RESOURCES } from './test-resources.ts';

/** The term of who need not share. */
const ALWAYS: Fence = { holds: () => true, lost: new AbortController().signal, during: (call) => call() };

/** The verbs that change something. */
const WRITES: ReadonlySet<string> = new Set(['create', 'patch', 'patchStatus', 'delete']);

/**
 * A cluster in memory with the parts of Kubernetes that Daypass leans on, and operators that can
 * be started, killed at any write, and started again. For tests alone.
 */
export class World {
  readonly clock = new TestClock();
  readonly client = new MemoryClient({ clock: this.clock, resources: RESOURCES, random: testRandom() });
  readonly log = testLog();
  readonly health = new Health();
  /** What operators wrote outside their own namespace, as `verb kind`, in order. */
  readonly writes: string[] = [];
  /** Whether the controllers of Kubernetes itself are running. */
  kubernetes = true;
  /** What the API server answers to a dry run: it goes by the admission policies. */
  dryRun = (object: unknown): Promise<KubernetesObject> => Promise.reject(refusalOf(object, this.clock.now()));
  /** Who the authorizer says could do anything to act as a service account. */
  readonly powerful = new Set<string>();
  /** How long what has ended is kept by operators that start from now on. */
  retention = fromSeconds(30 * 24 * 3600);
  /** Whether the authorizer answers at all. */
  authorizes = true;
  #reviews = 0;
  #random = testRandom();
  #operator: AbortController | undefined;
  /** Of the operator that was started last. */
  obstacles: Operator['obstacles'] = () => [];
  /** What it measures, in Prometheus' text form. */
  metrics = (): Promise<string> => Promise.resolve('');

  /** A world with a namespace, a grantable role, and a policy that lets alice have it. */
  static async create(): Promise<World> {
    const world = new World();
    await world.put(NAMESPACES, { metadata: { name: OPERATOR_NAMESPACE } });
    await world.put(NAMESPACES, { metadata: { name: 'payments', labels: { team: 'payments' } } });
    await world.put(CONFIG_MAPS, { metadata: { namespace: OPERATOR_NAMESPACE, name: 'daypass-checkpoint' } });
    const bind = {
      apiGroups: [CLUSTER_ROLES.group],
      resources: ['clusterroles'],
      resourceNames: ['logs'],
      verbs: ['bind'],
    };
    await world.put(CLUSTER_ROLES, { metadata: { name: GRANTABLE_ROLE }, rules: [bind] });
    await world.put(CLUSTER_ROLES, {
      metadata: { name: 'logs' },
      rules: [{ apiGroups: [''], resources: ['pods/log'], verbs: ['get'] }],
    });
    for (const [resource, object] of ADMISSION) await world.put(resource, object);
    await world.putPolicy('debug', {});
    return world;
  }

  put(resource: Resource, object: KubernetesObject): Promise<KubernetesObject> {
    return this.client.create(resource, { apiVersion: apiVersionOf(resource), kind: resource.kind, ...object });
  }

  putPolicy(name: string, spec: Record<string, unknown>): Promise<KubernetesObject> {
    const allow = {
      requesters: [{ kind: 'User', name: 'alice' }],
      namespaces: { names: ['payments'] },
      roles: ['logs'],
      duration: { max: '1h' },
      approval: { automatic: true },
    };
    return this.put(ACCESS_POLICIES.resource, { metadata: { name }, spec: { ...allow, ...spec } });
  }

  /** A Deny in the way of everything, but for what `spec` limits. */
  putDeny(name: string, spec: Record<string, unknown> = {}): Promise<KubernetesObject> {
    return this.put(ACCESS_POLICIES.resource, { metadata: { name }, spec: { effect: 'Deny', ...spec } });
  }

  ask(name: string, spec: Record<string, unknown> = {}): Promise<KubernetesObject> {
    const base = { roleRef: { kind: 'ClusterRole', name: 'logs' }, duration: '10s', requester: { username: 'alice' } };
    return this.put(ACCESS_REQUESTS.resource, {
      metadata: { namespace: 'payments', name },
      spec: { ...base, ...spec },
    });
  }

  /** A review of the request `name`, by this person: whom the API server would have stamped. */
  async review(name: string, reviewer: Identity, decision: ReviewDecision, change: object = {}): Promise<string> {
    const request = await this.request(name);
    const review = await this.put(ACCESS_REVIEWS.resource, {
      metadata: { namespace: 'payments', name: `${name}-${this.#reviews++}` },
      spec: { request: { name, uid: request?.metadata.uid }, decision, reviewer, ...change },
    });
    return review.metadata.name ?? '';
  }

  async reviewed(name: string): Promise<AccessReview | undefined> {
    const found = (await this.all(ACCESS_REVIEWS.resource)).find(({ metadata }) => metadata.name === name);
    const review = found && readAccessReview(found);
    if (review && 'unreadable' in review) throw new Error(review.unreadable);
    return review;
  }

  /** Asks, starts an operator, and lets a second pass: by then there was nothing in the way that it could not wait for. */
  async granted(name: string, spec: Record<string, unknown> = {}): Promise<AccessRequest | undefined> {
    await this.ask(name, spec);
    await this.start();
    await this.advance(1);
    return this.request(name);
  }

  async request(name: string): Promise<AccessRequest | undefined> {
    const found = (await this.all(ACCESS_REQUESTS.resource)).find(({ metadata }) => metadata.name === name);
    const request = found && readAccessRequest(found);
    if (request && 'unreadable' in request) throw new Error(request.unreadable);
    return request;
  }

  async all(resource: Resource, namespace?: string): Promise<KubernetesObject[]> {
    const { items } = await this.client.list(resource, namespace === undefined ? {} : { namespace });
    return items;
  }

  /** Deletes by name, whatever the uid. */
  async remove(resource: Resource, key: string): Promise<void> {
    const { metadata } = await this.client.get(resource, nameOf(key));
    await this.client.delete(resource, nameOf(key), { uid: metadata.uid ?? '' });
  }

  /**
   * Starts an operator, alone in the world, which dies right after its `crashAfter`-th write if one
   * is named. Unless it is not `proven`, it knows of a canary that burned a minute ago; and always,
   * how the one before last found the admission policies.
   */
  async start({ crashAfter = Infinity, proven = true } = {}): Promise<void> {
    const { clock } = this;
    const { log } = this.log;
    const { admission, admissionProvenAt } = await this.checkpoint();
    const checkpoint = { admission, admissionProvenAt, ...(proven && { fuseProvenAt: '2026-12-01T08:59:00Z' }) };
    const operator = this.operator(this.mortal(crashAfter), checkpoint);
    const leader = { name: 'leader', run: (signal: AbortSignal) => operator.lead(ALWAYS, checkpoint, signal) };
    const running = new AbortController();
    this.#operator = running;
    void new Manager({ clock, log, ...operator, runnables: [leader, ...operator.runnables] }).run(running.signal);
    await this.settle();
  }

  /** What operators have left. */
  checkpoint(): Promise<Checkpoint> {
    return loadCheckpoint(this.client, new AbortController().signal);
  }

  /** An operator of this world, at rest. */
  operator(client: Client, checkpoint: Checkpoint): Operator {
    const metrics = new RuntimeMetrics({ prefix: 'daypass_', process: false });
    this.metrics = () => metrics.registry.metrics();
    const operator = createOperator({
      client,
      limit: new RateLimit(this.clock),
      clock: this.clock,
      random: this.#random,
      log: this.log.log,
      instance: 'test',
      personClaim: 'username',
      retention: this.retention,
      metrics,
      health: this.health,
      checkpoint,
    });
    this.obstacles = operator.obstacles;
    return operator;
  }

  /** Kills the operator: nothing it had in hand goes on. */
  async kill(): Promise<void> {
    this.#operator?.abort();
    await this.settle();
  }

  /** Lets time pass, a second at a time, with Kubernetes at work. */
  async advance(seconds: number, each: () => Promise<void> = async () => undefined): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      await this.clock.advance(1000);
      await this.settle();
      if (this.kubernetes) await kubernetesWorks(this.client, this.clock);
      await this.settle();
      await each();
    }
  }

  /** Resolves when nothing more happens without time passing. */
  async settle(): Promise<void> {
    for (let quiet = 0, seen = -1; quiet < 5; ) {
      await settle();
      quiet = this.client.calls.length === seen ? quiet + 1 : 0;
      seen = this.client.calls.length;
    }
  }

  /** The client of an operator that dies after so many writes. */
  mortal(writesLeft: number): Client {
    const { client, writes } = this;
    let left = writesLeft;
    return new Proxy(client, {
      get: (target, verb) => {
        const method: unknown = Reflect.get(target, verb);
        if (typeof method !== 'function') return method;
        return (...args: unknown[]) => {
          const counts = WRITES.has(String(verb)) && !JSON.stringify(args[1]).includes(OPERATOR_NAMESPACE);
          if (verb === 'create' && args[0] === SUBJECT_ACCESS_REVIEWS) return this.#authorize(args[1]);
          if (verb === 'create' && JSON.stringify(args[2]).includes('"dryRun":true')) return this.dryRun(args[1]);
          if (counts) {
            if (left <= 0) return never();
            left -= 1;
            writes.push(`${String(verb)} ${kindOf(args[0])}`);
          }
          const result: unknown = Reflect.apply(method, target, args);
          // The last write goes through, but its answer never arrives.
          if (left > 0 || !counts) return result;
          return Promise.resolve(result).then(never, never);
        };
      },
    });
  }

  /** The authorizer's answer to a SubjectAccessReview. */
  #authorize(review: unknown): Promise<KubernetesObject> {
    if (!this.authorizes) return Promise.reject(new ApiError('Unavailable', 'the authorizer does not answer'));
    const text = JSON.stringify(review);
    const allowed = [...this.powerful].some((user) => text.includes(`"user":"${user}"`));
    return Promise.resolve({ metadata: {}, status: { allowed } });
  }
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}

function kindOf(resource: unknown): string {
  return typeof resource === 'object' && resource !== null && 'kind' in resource ? String(resource.kind) : '';
}

/** What happened to a request: each entry's type, and its reason where that says more. */
export function story(request: AccessRequest | undefined): string[] {
  return (request?.status.history ?? []).map(({ type, reason }) => (type === reason ? type : `${type} ${reason}`));
}
