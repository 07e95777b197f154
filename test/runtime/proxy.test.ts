import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { configMaps, identityOf, objectIn } from '../../src/runtime/conformance-subject.ts';
import { connect, type HttpClient } from '../../src/runtime/http-client.ts';
import { CONNECTIONS } from '../../src/runtime/http-pools.ts';
import { TestClock } from '../../src/runtime/test-clock.ts';
import { sharedControlPlane } from '../support/shared.ts';
import { namespaces, newNamespace } from './cluster.ts';
import { ConnectProxy } from './connect-proxy.ts';
import { kubeconfigLike } from './kubeconfigs.ts';

const closing: (() => unknown)[] = [];
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'proxy-'));
  closing.push(() => rm(folder, { recursive: true }));
});
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** A proxy, and a client whose kubeconfig names it. */
async function setUp({ tls = false, login = '', clock = new TestClock() } = {}) {
  const { dataDir, kubeconfig: direct } = sharedControlPlane();
  const pki = (file: string) => readFile(join(dataDir, 'pki', file));
  const own = tls ? { cert: await pki('apiserver.crt'), key: await pki('apiserver.key') } : undefined;
  const proxy = await ConnectProxy.start(own);
  const proxyUrl = `${tls ? 'https' : 'http'}://${login}localhost:${proxy.port}`;
  const kubeconfig = await kubeconfigLike(direct, folder, { cluster: { 'proxy-url': proxyUrl } });
  const client = await connect({ kubeconfig, clock });
  closing.push(
    () => proxy[Symbol.asyncDispose](),
    () => client.close(),
  );
  return { proxy, client, clock, proxyUrl };
}

/** A call of each pool. */
async function callAll(client: HttpClient): Promise<void> {
  const namespace = await newNamespace(client);
  const created = await client.create(configMaps, objectIn(namespace, 'one'));
  const end = new AbortController();
  const watch = client.watch(configMaps, { namespace, sendInitialEvents: true, signal: end.signal });
  for await (const event of watch) {
    expect(event).toMatchObject({ type: 'ADDED' });
    break;
  }
  await client.delete(configMaps, { namespace, name: 'one' }, identityOf(created));
}

it.each([
  ['without', false],
  ['over', true],
])('every call goes through a proxy %s TLS, which hears no more than where to', async (_how, tls) => {
  const { proxy, client } = await setUp({ tls });
  await callAll(client);
  const { port } = sharedControlPlane();
  expect(proxy.asked.length).toBeGreaterThanOrEqual(3);
  expect(new Set(proxy.asked)).toEqual(new Set([`CONNECT 127.0.0.1:${port}`]));
  await client.close();
  await expect.poll(() => proxy.connections).toBe(0);
});

it('carries as many calls at once as without', async () => {
  const { proxy, client } = await setUp();
  await Promise.all(Array.from({ length: 100 }, () => client.list(namespaces, { limit: 1 })));
  expect(proxy.asked.length).toBeLessThanOrEqual(CONNECTIONS);
});

it('logs in to the proxy as its address says', async () => {
  const { proxy, client } = await setUp({ login: 'daypass:s%C3%A9cret@' });
  await client.list(namespaces, { limit: 1 });
  expect(proxy.asked[0]).toContain(` Basic ${Buffer.from('daypass:sécret').toString('base64')}`);
});

it('says what the proxy says, and no password', async () => {
  const { proxy, client } = await setUp({ login: 'daypass:secret@' });
  proxy.behaviour = 407;
  const error: unknown = await client.list(namespaces).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ reason: 'Unavailable', message: expect.stringContaining('407') });
  expect(JSON.stringify(error) + String(error)).not.toContain('secret');
});

it('knows that nothing was sent where there is no proxy', async () => {
  const { proxy, client } = await setUp();
  await proxy[Symbol.asyncDispose]();
  const created = client.create(namespaces, { metadata: { name: 'never' } });
  await expect(created).rejects.toMatchObject({ reason: 'Unavailable', maybeDone: false });
});

it('gives a call up in time where the proxy says nothing, and goes on once it does', async () => {
  const { proxy, client, clock } = await setUp();
  proxy.behaviour = 'silence';
  const call = client.list(namespaces, { limit: 1 }).catch((reason: unknown) => reason);
  await expect.poll(() => proxy.asked).toHaveLength(1);
  await clock.advance(30_000);
  expect(await call).toMatchObject({ reason: 'Unavailable', message: 'no answer within 30 s' });
  proxy.behaviour = 'tunnel';
  expect((await client.list(namespaces, { limit: 1 })).items).toHaveLength(1);
});

it('is rid of a proxy that said nothing to all connections at once, as soon as opening one may take no longer', async () => {
  const { proxy, client, clock } = await setUp();
  proxy.behaviour = 'silence';
  const remove = (): Promise<unknown> =>
    client
      .delete(configMaps, { namespace: 'default', name: 'none' }, { uid: 'none' })
      .catch((reason: unknown) => reason);
  const all = Array.from({ length: CONNECTIONS + 8 }, remove);
  await expect.poll(() => proxy.asked).toHaveLength(CONNECTIONS);
  await clock.advance(3_000);
  await Promise.all(all);
  proxy.behaviour = 'tunnel';
  await expect.poll(remove).toMatchObject({ reason: 'NotFound' });
});
