import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../src/runtime/clock.ts';
import { configMaps, identityOf, objectIn } from '../../src/runtime/conformance-subject.ts';
import type { Client } from '../../src/runtime/client.ts';
import { connect, type HttpClient } from '../../src/runtime/http-client.ts';
import { Health } from '../../src/runtime/health.ts';
import { notingClient } from '../../src/runtime/noting-client.ts';
import { keyOf, type Resource } from '../../src/runtime/object.ts';
import { Reflector } from '../../src/runtime/reflector.ts';
import { Store } from '../../src/runtime/store.ts';
import { testLog } from '../../src/runtime/test-log.ts';
import { testRandom } from '../../src/runtime/test-random.ts';
import { startControlPlane } from '../support/controlplane.ts';
import { connectAsAdmin, namespaces, newNamespace } from './cluster.ts';

const jobs = {
  group: 'batch',
  version: 'v1',
  kind: 'Job',
  plural: 'jobs',
  namespaced: true,
} as const satisfies Resource;

const closing: (() => unknown)[] = [];
let client: HttpClient;

beforeAll(async () => {
  client = await connectAsAdmin();
});

afterAll(async () => {
  for (const close of closing) await close();
  await client.close();
});

/** A store of the ConfigMaps of one namespace, kept by a reflector, and what resolves once it has a version. */
function reflect(source: Client, namespace: string) {
  const { log, at } = testLog();
  const store = new Store({ resource: configMaps, read: (object) => object, log });
  const selection = { namespace, labelSelector: 'reflected=yes' };
  const reflector = new Reflector({
    client: source,
    resource: configMaps,
    selection,
    store,
    clock: systemClock,
    random: testRandom(),
    log,
    health: new Health(),
  });
  const end = new AbortController();
  const running = reflector.run(end.signal);
  closing.unshift(async () => {
    end.abort();
    await running;
  });
  const seen = (condition: () => boolean) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!condition()) return;
        unsubscribe();
        resolve();
      };
      const unsubscribe = store.subscribe(look);
      look();
    });
  return { store, reflector, seen, at };
}

const reflected = (namespace: string, name: string, data = {}) =>
  objectIn(namespace, name, { data, metadata: { labels: { reflected: 'yes' } } });

it('ends up as the server, with own writes seen at once, while others write too', async () => {
  const namespace = await newNamespace(client);
  const { store, reflector, seen, at } = reflect(client, namespace);
  await reflector.synced;
  const own = notingClient(client, [store], systemClock);
  const random = testRandom(7);
  const write = async (writer: Client, name: string, round: number) => {
    const key = keyOf({ namespace, name });
    const known = store.get(key);
    if (!known) {
      const created = await writer.create(configMaps, reflected(namespace, name));
      if (writer === own) expect(store.get(key)?.metadata.uid).toBe(created.metadata.uid);
    } else if (random() < 0.4) {
      await writer.delete(configMaps, { namespace, name }, identityOf(known));
      if (writer === own) expect(store.byUid(identityOf(known).uid)).toBeUndefined();
    } else {
      const patched = await writer.patch(configMaps, { namespace, name }, { data: { round: String(round) } });
      if (writer === own && store.get(key)?.metadata.uid === patched.metadata.uid) {
        const shown = store.get(key)?.metadata.resourceVersion;
        expect(Number(shown)).toBeGreaterThanOrEqual(Number(patched.metadata.resourceVersion));
      }
    }
  };
  // Both write to the same few names, so refusals are expected; what is not is a store that differs at the end.
  for (let round = 0; round < 60; round++) {
    const both = [own, client].map((writer) => write(writer, `object-${Math.floor(random() * 5)}`, round));
    for (const { reason } of (await Promise.allSettled(both)).filter((result) => result.status === 'rejected')) {
      expect(reason).toMatchObject({ name: 'ApiError' });
    }
  }
  await client.create(configMaps, reflected(namespace, 'last'));
  await seen(() => store.get(keyOf({ namespace, name: 'last' })) !== undefined);
  const { items } = await client.list(configMaps, { namespace, labelSelector: 'reflected=yes' });
  const versions = (objects: Iterable<(typeof items)[number]>) =>
    new Map(Array.from(objects, ({ metadata }) => [metadata.uid, metadata.resourceVersion]));
  expect(versions(store.values())).toEqual(versions(items));
  expect([...at('warn'), ...at('error')]).toEqual([]);
});

it('catches up after the API server was killed and started again', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'reflector-'));
  let cluster = await startControlPlane({ dataDir });
  try {
    const own = await connect({ kubeconfig: cluster.kubeconfig });
    closing.unshift(() => own.close());
    const { store, reflector, seen, at } = reflect(own, 'default');
    await own.create(configMaps, reflected('default', 'before'));
    await reflector.synced;
    await seen(() => store.size === 1);
    await cluster.kill();
    cluster = await startControlPlane({ dataDir });
    await own.create(configMaps, reflected('default', 'after'));
    await seen(() => store.size === 2);
    expect(at('error')).toEqual([]);
  } finally {
    for (const close of closing.splice(0)) await close();
    await cluster.stop();
    await rm(dataDir, { recursive: true });
  }
});

it('lets the collector take what a deleted Job owned, which Jobs by themselves would orphan', async () => {
  const namespace = await newNamespace(client);
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'none', image: 'none' }] } };
  const job = await client.create(
    jobs,
    objectIn(namespace, 'owner', { spec: { completions: 0, parallelism: 0, template } }),
  );
  const { uid } = identityOf(job);
  const { store, reflector, seen } = reflect(client, namespace);
  await reflector.synced;
  const owned = reflected(namespace, 'owned');
  owned.metadata.ownerReferences = [{ apiVersion: 'batch/v1', kind: 'Job', name: 'owner', uid }];
  await client.create(configMaps, owned);
  await seen(() => store.size === 1);
  await client.delete(jobs, { namespace, name: 'owner' }, { uid });
  await seen(() => store.size === 0);
  await expect(client.get(jobs, { namespace, name: 'owner' })).rejects.toMatchObject({ reason: 'NotFound' });
  expect(await client.get(namespaces, { name: namespace })).toBeDefined();
});
