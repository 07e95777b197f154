import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ACCESS_REQUESTS } from '../../src/api/access-request.ts';
import { ROLE_BINDINGS } from '../../src/api/kubernetes.ts';
import { MANAGED_SELECTOR, requestUidOf } from '../../src/api/names.ts';
import type { HttpClient } from '../../src/runtime/http-client.ts';
import { isJsonObject } from '../../src/runtime/merge-patch.ts';
import type { KubernetesObject } from '../../src/runtime/object.ts';
import { GROUP, newStage, type Stage } from '../../test/operator/stage.ts';
import { compileInto, startOperator, type Operator } from '../operator/operator.ts';
import { Witness } from './witness.ts';

/** Where everybody asks. */
export const TEAM = 'payments';

/** A control plane of its own, with Daypass installed, somebody who asks, and eyes on what becomes of it. */
export class World implements AsyncDisposable {
  readonly stage: Stage;
  readonly requester: HttpClient;
  /** Sees requests become Active, and go. */
  readonly requests: Witness;
  /** Sees bindings come and go. */
  readonly bindings: Witness;
  readonly #folder: string;

  private constructor(stage: Stage, requester: HttpClient, requests: Witness, bindings: Witness, folder: string) {
    this.stage = stage;
    this.requester = requester;
    this.requests = requests;
    this.bindings = bindings;
    this.#folder = folder;
  }

  static async create(): Promise<World> {
    const stage = await newStage();
    const { admin } = stage;
    await stage.namespace(TEAM);
    const requests = await Witness.of(admin, {
      resource: ACCESS_REQUESTS.resource,
      requestOf: ({ metadata }) => metadata.uid ?? '',
      hasCome: isActive,
    });
    const bindings = await Witness.of(admin, {
      resource: ROLE_BINDINGS,
      labelSelector: MANAGED_SELECTOR,
      requestOf: ({ metadata }) => requestUidOf(metadata),
      hasCome: () => true,
    });
    const folder = await mkdtemp(join(tmpdir(), 'daypass-bench-'));
    await compileInto(folder);
    return new World(stage, await stage.as('dana', GROUP), requests, bindings, folder);
  }

  /** An operator under its own service account, with the shipped rights. */
  operator(profile?: string): Promise<Operator> {
    return startOperator({
      kubeconfig: this.stage.operatorKubeconfig,
      compileCache: this.#folder,
      profile,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.requests[Symbol.dispose]();
    this.bindings[Symbol.dispose]();
    await this.stage[Symbol.asyncDispose]();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

function isActive({ status }: KubernetesObject): boolean {
  return isJsonObject(status) && status['phase'] === 'Active';
}
