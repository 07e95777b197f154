import { Agent } from 'undici';
import { z } from 'zod';
import { pathOf } from '../../src/runtime/http-path.ts';
import type { KubernetesObject, ObjectName, Resource } from '../../src/runtime/object.ts';
import { type Connection, connectionOf } from './connection.ts';

/** As many as the operator has for its calls. */
const CONNECTIONS = 32;

const Answer = z.looseObject({ metadata: z.looseObject({}) });

/** JSON over pooled connections, and nothing else: no retries, no timeouts, no second look at credentials. */
export class RawApi implements AsyncDisposable {
  /** How many calls have been made. */
  calls = 0;
  readonly #connection: Connection;
  readonly #agent: Agent;

  private constructor(connection: Connection) {
    this.#connection = connection;
    this.#agent = new Agent({ connections: CONNECTIONS, allowH2: false, connect: connection.tls });
  }

  /** As whom a kubeconfig's current context makes it. */
  static async open(kubeconfig: string): Promise<RawApi> {
    return new RawApi(await connectionOf(kubeconfig));
  }

  async create(resource: Resource, object: KubernetesObject): Promise<KubernetesObject> {
    const { namespace = '' } = object.metadata;
    return Answer.parse(await this.#send('POST', pathOf(resource, { namespace }), object));
  }

  async patch(resource: Resource, name: ObjectName, patch: unknown, part?: 'status'): Promise<KubernetesObject> {
    return Answer.parse(await this.#send('PATCH', pathOf(resource, name, part), patch));
  }

  async delete(resource: Resource, name: ObjectName, uid: string): Promise<void> {
    await this.#send('DELETE', pathOf(resource, name), { propagationPolicy: 'Background', preconditions: { uid } });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy();
  }

  async #send(method: 'POST' | 'PATCH' | 'DELETE', path: string, body: unknown): Promise<unknown> {
    this.calls += 1;
    const { origin, headers } = this.#connection;
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    const answer = await this.#agent.request({
      origin,
      path,
      method,
      headers: { ...headers, accept: 'application/json', 'content-type': type },
      body: JSON.stringify(body),
      reset: false, // or each DELETE, having a body, would end its connection
    });
    const text = await answer.body.text();
    if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${answer.statusCode} ${text}`);
    return JSON.parse(text);
  }
}
