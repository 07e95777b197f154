import { ACCESS_REQUESTS, type AccessRequest } from '../../src/api/access-request.ts';
import { toSeconds } from '../../src/api/duration.ts';
import { EVENTS, JOBS } from '../../src/api/kubernetes.ts';
import { ANNOTATION, MANAGED_SELECTOR, OPERATOR_NAMESPACE, requestUidOf } from '../../src/api/names.ts';
import type { KubernetesObject } from '../../src/runtime/object.ts';
import { Observer, type Seen } from './observer.ts';
import { ask, GROUP, observeBindings, requestIn, type Stage } from './stage.ts';

const USERS = 20;
const EACH = 10;
/** How many requests a crowd makes. */
export const CROWD = USERS * EACH;

const TEAMS = ['payments', 'checkout', 'search', 'mail'];

/** What became of one request of a crowd, as seen from outside. */
export interface Life {
  readonly user: string;
  /** At last. */
  readonly request: AccessRequest;
  /** How often its phase turned to Active. */
  readonly activations: number;
  readonly bindings: readonly KubernetesObject[];
  /** The end of its binding by the binding's own annotation, and when it was seen to go, in milliseconds since 1970. */
  readonly end: number;
  readonly gone: number;
  /** Its Events, by name. */
  readonly events: readonly KubernetesObject[];
}

/** Requests by many people at once, each for some seconds, watched from outside until nothing is left to do. */
export class Crowd {
  readonly #stage: Stage;
  readonly #requests: Observer;
  readonly #bindings: Observer;
  readonly #users = new Map<string, string>();

  private constructor(stage: Stage, requests: Observer, bindings: Observer) {
    this.#stage = stage;
    this.#requests = requests;
    this.#bindings = bindings;
  }

  /** Makes the namespaces and starts to watch. */
  static async gather(stage: Stage): Promise<Crowd> {
    await Promise.all(TEAMS.map((team) => stage.namespace(team)));
    const requests = await Observer.start(stage.admin, ACCESS_REQUESTS.resource);
    return new Crowd(stage, requests, await observeBindings(stage.admin));
  }

  /** Everybody asks at once, for so many seconds or up to seven more. */
  async ask(shortest: number): Promise<void> {
    const people = Array.from({ length: USERS }, (_, index) => `user-${index}`);
    const asking = people.map(async (user, index) => {
      const client = await this.#stage.as(user, GROUP);
      const some = Array.from({ length: EACH }, async (_, nth) => {
        const seconds = shortest + ((index + nth) % 8);
        const team = TEAMS[(index + nth) % TEAMS.length] ?? '';
        const { metadata } = await ask(client, team, { duration: `${seconds}s` });
        this.#users.set(metadata.uid ?? '', user);
      });
      await Promise.all(some);
    });
    await Promise.all(asking);
  }

  /** Resolves once every request has ended and the operator has let go of it. */
  async settled(ms: number): Promise<void> {
    await this.#requests.until(
      'every request ended and let go of',
      () => {
        const requests = [...this.#requests.current.values()];
        return requests.length === CROWD && requests.every(isOver);
      },
      ms,
    );
    await this.#bindings.until('every binding gone', () => this.#bindings.current.size === 0, ms);
  }

  /** What became of everybody's requests. */
  async lives(): Promise<Life[]> {
    const events = (await this.#stage.admin.list(EVENTS)).items;
    return Array.from(this.#users, ([uid, user]) => {
      const [object] = this.#requests.current.has(uid) ? [this.#requests.current.get(uid)] : [];
      if (!object) throw new Error('a request is gone');
      const bindings = this.#bindings.all('ADDED').filter(({ object: { metadata } }) => requestUidOf(metadata) === uid);
      const gone = this.#bindings.all('DELETED').find(({ object: { metadata } }) => requestUidOf(metadata) === uid);
      const [first] = bindings;
      return {
        user,
        request: requestIn(object),
        activations: activationsOf(this.#requests.seen.filter((seen) => seen.object.metadata.uid === uid)),
        bindings: bindings.map((seen) => seen.object),
        end: Date.parse(first?.object.metadata.annotations?.[ANNOTATION.expiresAt] ?? ''),
        gone: gone?.at ?? Number.NaN,
        events: events.filter(({ regarding }) => uidIn(regarding) === uid),
      };
    });
  }

  /** What is left of grants, and of finalizers. */
  async leftovers(): Promise<string[]> {
    const jobs = (await this.#stage.admin.list(JOBS, { labelSelector: MANAGED_SELECTOR })).items;
    const fuses = jobs.filter(({ metadata }) => metadata.namespace !== OPERATOR_NAMESPACE);
    const held = [...this.#requests.current.values()].filter(({ metadata }) => metadata.finalizers?.length);
    const all = [...this.#bindings.current.values(), ...fuses, ...held];
    return all.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`);
  }

  [Symbol.dispose](): void {
    this.#requests[Symbol.dispose]();
    this.#bindings[Symbol.dispose]();
  }
}

/** For how long a life's request may have had access, in milliseconds. */
export function allowed({ request }: Life): number {
  return request.spec.duration === undefined ? Number.NaN : toSeconds(request.spec.duration) * 1000;
}

/** Asked 200 times for each change, so it looks at no more than it must. */
function isOver({ status, metadata }: KubernetesObject): boolean {
  return typeof status === 'object' && status !== null && 'endedAt' in status && !metadata.finalizers?.length;
}

function activationsOf(changes: readonly Seen[]): number {
  const phases = changes.map(({ object }) => requestIn(object).status.phase);
  return phases.filter((phase, index) => phase === 'Active' && phases[index - 1] !== 'Active').length;
}

function uidIn(regarding: unknown): unknown {
  return typeof regarding === 'object' && regarding !== null && 'uid' in regarding ? regarding.uid : undefined;
}
