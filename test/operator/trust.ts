import { ACCESS_POLICIES, readAccessPolicy } from '../../src/api/access-policy.ts';
import { ACCESS_REQUESTS } from '../../src/api/access-request.ts';
import { findCondition } from '../../src/api/condition.ts';
import type { KubernetesObject } from '../../src/runtime/object.ts';
import { scriptOf } from '../docs/page.ts';
import { runScript } from '../docs/shell.ts';
import { Observer } from './observer.ts';
import { POLICY, requestIn, type Stage } from './stage.ts';

/** What the operator says of the admission policies, as somebody sees it who looks at what it writes. */
export class Trust implements Disposable {
  readonly #kubeconfig: string;
  readonly #policies: Observer;
  readonly #requests: Observer;

  private constructor(kubeconfig: string, policies: Observer, requests: Observer) {
    this.#kubeconfig = kubeconfig;
    this.#policies = policies;
    this.#requests = requests;
  }

  static async watch({ admin, cluster }: Stage): Promise<Trust> {
    const policies = await Observer.start(admin, ACCESS_POLICIES.resource);
    return new Trust(cluster.kubeconfig, policies, await Observer.start(admin, ACCESS_REQUESTS.resource));
  }

  /** Resolves once the stage's policy is like this, with its condition Ready's message. */
  async told(status: string, reason: string, message = ''): Promise<string> {
    const ready = () => this.#readiness();
    await this.#policies.until(`Ready ${status} ${reason} ${message}`, () => {
      const now = ready();
      return now?.status === status && now.reason === reason && now.message.includes(message);
    });
    return ready()?.message ?? '';
  }

  #readiness() {
    const object = [...this.#policies.current.values()].find(({ metadata }) => metadata.name === POLICY);
    const policy = object && readAccessPolicy(object);
    return policy && !('unreadable' in policy) ? findCondition(policy.status.conditions, 'Ready') : undefined;
  }

  /** Puts the admission policies back as docs/install.md says, and resolves once the operator goes by them. */
  async putBack(): Promise<void> {
    await runScript(scriptOf('docs/install.md', 'AdmissionNotEnforced'), this.#kubeconfig);
    await this.told('True', 'Ready');
  }

  /** Resolves once the request's condition is like this. */
  async shows({ metadata }: KubernetesObject, type: string, reason: string): Promise<void> {
    await this.#requests.find(`${metadata.name} ${type} ${reason}`, ({ object }) => {
      if (object.metadata.uid !== metadata.uid) return false;
      return findCondition(requestIn(object).status.conditions, type)?.reason === reason;
    });
  }

  [Symbol.dispose](): void {
    for (const observer of [this.#policies, this.#requests]) observer[Symbol.dispose]();
  }
}
