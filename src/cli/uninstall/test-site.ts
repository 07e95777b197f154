import { z } from 'zod';
import { ACCESS_POLICIES } from '../../api/access-policy.ts';
import { ACCESS_REQUESTS } from '../../api/access-request.ts';
import { ACCESS_REVIEWS } from '../../api/access-review.ts';
import {
  CUSTOM_RESOURCE_DEFINITIONS,
  JOBS,
  NAMESPACES,
  ROLE_BINDINGS,
  SELF_SUBJECT_ACCESS_REVIEWS,
} from '../../api/kubernetes.ts';
import { ANNOTATION, FINALIZER, MANAGED_BY, MANAGED_BY_LABEL, managedName } from '../../api/names.ts';
import { REQUEST_SPEC } from '../../api/test-objects.ts';
import type { DeleteOptions, WriteOptions } from '../../runtime/client.ts';
import { type MemoryCall, MemoryClient } from '../../runtime/memory-client.ts';
import type { KubernetesObject, ObjectName, Resource } from '../../runtime/object.ts';
import { TestClock } from '../../runtime/test-clock.ts';
import { testRandom } from '../../runtime/test-random.ts';
import { INSTALLED_KINDS } from './installation.ts';
import { KeptRecord } from './kept-record.ts';
import { Removals } from './removals.ts';
import { type Options, uninstall } from './uninstall.ts';

const Question = z.object({ resourceAttributes: z.object({ verb: z.string(), resource: z.string() }) });
const POLICIES = ACCESS_POLICIES.resource;
const REQUESTS = ACCESS_REQUESTS.resource;
const INSTALLED = { 'app.kubernetes.io/name': 'daypass' };

/**
 * An API server that says whether a caller may do something, and deletes policies together with
 * their kind. For tests alone, as all of this file.
 */
class Cluster extends MemoryClient {
  /** Rights that are asked about, as `verb plural`. */
  readonly asked = new Set<string>();
  /** Those of them that the caller lacks. */
  readonly refused = new Set<string>();

  override create(resource: Resource, object: KubernetesObject, options?: WriteOptions): Promise<KubernetesObject> {
    if (resource !== SELF_SUBJECT_ACCESS_REVIEWS) return super.create(resource, object, options);
    const { verb, resource: plural } = Question.parse(object['spec']).resourceAttributes;
    const right = `${verb} ${plural}`;
    this.asked.add(right);
    const allowed = !this.refused.has(right);
    return Promise.resolve({ metadata: {}, status: { allowed } });
  }

  override async delete(
    resource: Resource,
    name: ObjectName,
    options: DeleteOptions,
  ): Promise<KubernetesObject | undefined> {
    if (resource === CUSTOM_RESOURCE_DEFINITIONS) {
      for (const { metadata } of (await super.list(POLICIES)).items) {
        await super.delete(POLICIES, { name: metadata.name ?? '' }, { uid: metadata.uid ?? '' });
      }
    }
    return super.delete(resource, name, options);
  }
}

/** A cluster with Daypass installed, in little: one object of each kind, and the namespace `payments`. */
export class TestSite {
  readonly clock = new TestClock();
  readonly client = new Cluster({
    clock: this.clock,
    resources: [
      ...INSTALLED_KINDS,
      REQUESTS,
      ...[ACCESS_POLICIES, ACCESS_REVIEWS].map(({ resource }) => resource),
      ROLE_BINDINGS,
      JOBS,
    ],
    random: testRandom(),
  });
  readonly said: string[] = [];
  readonly recorded: string[] = [];

  static async create(): Promise<TestSite> {
    const site = new TestSite();
    const { client } = site;
    for (const name of ['daypass-system', 'payments']) {
      await client.create(NAMESPACES, { metadata: { name, ...(name !== 'payments' && { labels: INSTALLED }) } });
    }
    for (const resource of INSTALLED_KINDS) {
      if (resource === NAMESPACES) continue;
      const name = resource.kind === 'CustomResourceDefinition' ? 'accesspolicies.daypass.dev' : 'daypass-grantable';
      await client.create(resource, { metadata: { name, labels: INSTALLED } });
    }
    client.calls.length = 0;
    return site;
  }

  /** An active request, with its binding and fuse. */
  async grant(name: string, status: object = {}): Promise<void> {
    const request = await this.client.create(REQUESTS, {
      metadata: { name, namespace: 'payments', finalizers: [FINALIZER] },
      spec: REQUEST_SPEC,
    });
    const { uid = '', resourceVersion } = request.metadata;
    const active = { phase: 'Active', grantedAt: '2026-12-01T09:00:00Z', ...status };
    await this.client.patchStatus(
      REQUESTS,
      { namespace: 'payments', name },
      { metadata: { resourceVersion }, status: active },
    );
    const metadata = {
      name: managedName(uid),
      namespace: 'payments',
      labels: { [MANAGED_BY_LABEL]: MANAGED_BY },
      annotations: { [ANNOTATION.requester]: 'ada', [ANNOTATION.expiresAt]: '2026-12-01T10:00:00Z' },
    };
    for (const resource of [ROLE_BINDINGS, JOBS]) {
      await this.client.create(resource, { metadata, roleRef: { kind: 'ClusterRole', name: 'daypass-pod-logs' } });
    }
    this.client.calls.length = 0;
  }

  /** From here on an operator is there, which obeys policies, and lets requests go. */
  operate(): void {
    const { client } = this;
    client.after = async ({ verb, resource, name }) => {
      if (verb === 'create' && resource === ACCESS_POLICIES.resource && name) {
        const { metadata } = await client.get(resource, name);
        const { resourceVersion, generation } = metadata;
        await client.patchStatus(resource, name, {
          metadata: { resourceVersion },
          status: { observedGeneration: generation },
        });
        await this.#endAll();
      }
      if (verb === 'delete' && resource === REQUESTS && name) {
        await client.patch(REQUESTS, name, { metadata: { finalizers: null } });
      }
      return undefined;
    };
  }

  async #endAll(): Promise<void> {
    for (const kind of [ROLE_BINDINGS, JOBS]) {
      for (const { metadata } of (await this.client.list(kind)).items) {
        await this.client.delete(
          kind,
          { namespace: 'payments', name: metadata.name ?? '' },
          { uid: metadata.uid ?? '' },
        );
      }
    }
    for (const { metadata } of (await this.client.list(REQUESTS)).items) {
      const { resourceVersion, name = '' } = metadata;
      const status = { phase: 'Revoked', history: [{ sequence: 1, type: 'Revoked' }] };
      await this.client.patchStatus(
        REQUESTS,
        { namespace: 'payments', name },
        { metadata: { resourceVersion }, status },
      );
    }
  }

  /** Uninstalls, as fast as time passes. */
  async uninstall(options: Partial<Options> = {}): Promise<void> {
    const { client, clock } = this;
    const record = new KeptRecord(async (text) => void this.recorded.push(...text.trimEnd().split('\n')));
    const say = (text: string) => void this.said.push(text);
    const work = uninstall(
      { client, clock, say, record, removals: new Removals(client, clock) },
      { abandonEmergencies: false, dryRun: false, ...options },
    );
    const over = new AbortController();
    const end = () => over.abort();
    work.then(end, end);
    while (!over.signal.aborted) await clock.advance(250);
    return work;
  }

  /** The changes so far, as `verb plural/name`. */
  changes(): string[] {
    return this.client.calls
      .filter(({ verb }) => ['create', 'patch', 'delete'].includes(verb))
      .map(({ verb, resource, name }: MemoryCall) => `${verb} ${resource.plural}/${name?.name ?? ''}`);
  }

  /** How many objects there are, by kind. */
  async left(): Promise<Record<string, number>> {
    const counts = [];
    for (const resource of [...INSTALLED_KINDS, REQUESTS, ROLE_BINDINGS, JOBS]) {
      const { items } = await this.client.list(resource);
      if (items.length > 0) counts.push([resource.plural, items.length] as const);
    }
    return Object.fromEntries(counts);
  }
}
