import { ACCESS_REQUESTS } from '../../src/api/access-request.ts';
import { EVENTS } from '../../src/api/kubernetes.ts';
import { managedName, requestUidOf } from '../../src/api/names.ts';
import type { HttpClient } from '../../src/runtime/http-client.ts';
import type { KubernetesObject, Resource } from '../../src/runtime/object.ts';
import { Observer, type Seen } from './observer.ts';
import { ask, observeBindings, requestIn, type Stage } from './stage.ts';

/** Everything that grants show themselves by, seen from outside. */
export class Grants implements Disposable {
  readonly #admin: HttpClient;
  readonly #requests: Observer;
  readonly #bindings: Observer;
  readonly #events: Observer;

  private constructor(admin: HttpClient, requests: Observer, bindings: Observer, events: Observer) {
    this.#admin = admin;
    this.#requests = requests;
    this.#bindings = bindings;
    this.#events = events;
  }

  static async watch({ admin }: Pick<Stage, 'admin'>): Promise<Grants> {
    const requests = await Observer.start(admin, ACCESS_REQUESTS.resource);
    return new Grants(admin, requests, await observeBindings(admin), await Observer.start(admin, EVENTS));
  }

  /** A grant that was asked for, and is active. */
  async make(requester: HttpClient, namespace: string, spec: object = {}): Promise<Grant> {
    const { metadata } = await ask(requester, namespace, { duration: '1h', ...spec });
    const { name = '', uid = '' } = metadata;
    await this.#requests.find('the request is active', (seen) => isOf(seen, uid) && phaseOf(seen) === 'Active');
    return { namespace, name, uid, managed: managedName(uid) };
  }

  /** Deletes what bears the grant's name, as whoever `client` is: the way this client does it, in the background. */
  async remove(client: HttpClient, resource: Resource, grant: Grant): Promise<void> {
    const name = { namespace: grant.namespace, name: grant.managed };
    const { metadata } = await this.#admin.get(resource, name);
    await client.delete(resource, name, { uid: metadata.uid ?? '' });
  }

  /** Resolves with when the binding was seen to go, in milliseconds since 1970. */
  async gone({ uid }: Grant, ms?: number): Promise<number> {
    const { at } = await this.#bindings.find(
      'the binding gone',
      ({ type, object }) => type === 'DELETED' && requestUidOf(object.metadata) === uid,
      ms,
    );
    return at;
  }

  /** Resolves with when the binding was seen to come, in milliseconds since 1970. */
  async came({ uid }: Grant): Promise<number> {
    const { at } = await this.#bindings.find('the binding', ({ type, object }) => {
      return type === 'ADDED' && requestUidOf(object.metadata) === uid;
    });
    return at;
  }

  /** Asks for what is not given: resolves with how that ended, such as `Denied NoPolicyPermits`. */
  async ended(requester: HttpClient, namespace: string, spec: object): Promise<string> {
    const { metadata } = await ask(requester, namespace, spec);
    const seen = await this.#requests.find('the request has ended', (each) => {
      return isOf(each, metadata.uid ?? '') && requestIn(each.object).status.endedAt !== undefined;
    });
    return lastOf(seen);
  }

  isAlive({ uid }: Grant): boolean {
    return [...this.#bindings.current.values()].some(({ metadata }) => requestUidOf(metadata) === uid);
  }

  /** Resolves with the policy it stands on, as soon as its history's last entry is this one, such as `Revoked RoleChanged`. */
  async told({ uid }: Grant, last: string): Promise<string | undefined> {
    const seen = await this.#requests.find(last, (each) => isOf(each, uid) && lastOf(each) === last);
    return requestIn(seen.object).status.policy?.name;
  }

  /** Resolves with the Event of the history's nth entry. */
  async event({ uid }: Grant, sequence: number): Promise<KubernetesObject> {
    const name = `daypass.${uid}.${sequence}`;
    return (await this.#events.find(`Event ${name}`, ({ object }) => object.metadata.name === name)).object;
  }

  [Symbol.dispose](): void {
    for (const observer of [this.#requests, this.#bindings, this.#events]) observer[Symbol.dispose]();
  }
}

export interface Grant {
  readonly namespace: string;
  /** Of the request. */
  readonly name: string;
  readonly uid: string;
  /** Of binding and fuse. */
  readonly managed: string;
}

/** Deletes an object that the test has no further interest in, by name. */
export async function removeByName(client: HttpClient, resource: Resource, name: string): Promise<void> {
  const { metadata } = await client.get(resource, { name });
  await client.delete(resource, { name }, { uid: metadata.uid ?? '' });
}

function isOf({ object }: Seen, uid: string): boolean {
  return object.metadata.uid === uid;
}

function phaseOf({ object }: Seen): string | undefined {
  return requestIn(object).status.phase;
}

function lastOf({ object }: Seen): string {
  const last = requestIn(object).status.history?.at(-1);
  return last ? `${last.type} ${last.reason}` : '';
}
