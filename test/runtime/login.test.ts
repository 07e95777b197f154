import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import type { Client } from '../../src/runtime/client.ts';
import { connect, type HttpClient } from '../../src/runtime/http-client.ts';
import type { Resource } from '../../src/runtime/object.ts';
import { TestClock } from '../../src/runtime/test-clock.ts';
import { counting, shell, ticket } from '../../src/runtime/test-plugin.ts';
import { kubectlOk } from '../support/kubectl.ts';
import { sharedControlPlane } from '../support/shared.ts';
import { connectAsAdmin, namespaces, newNamespace } from './cluster.ts';
import { ConnectProxy } from './connect-proxy.ts';
import { certificateIn, kubeconfigLike } from './kubeconfigs.ts';

const SELVES = {
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'SelfSubjectReview',
  plural: 'selfsubjectreviews',
  namespaced: false,
} as const satisfies Resource;

const SelfReview = z.object({ status: z.object({ userInfo: z.object({ username: z.string() }) }) });

/** How old what is used may be, in milliseconds. */
const FRESH = 1_000;

let admin: HttpClient;
let folder: string;
let namespace: string;
beforeAll(async () => {
  admin = await connectAsAdmin();
  folder = await mkdtemp(join(tmpdir(), 'login-'));
  namespace = await newNamespace(admin);
});
afterAll(async () => {
  await admin.close();
  await rm(folder, { recursive: true });
});

async function setUp(changes: { cluster?: object; user?: object }) {
  const clock = new TestClock();
  const kubeconfig = await kubeconfigLike(sharedControlPlane().kubeconfig, folder, changes);
  const client = await connect({ kubeconfig, clock });
  onTestFinished(() => client.close());
  return { client, clock };
}

/** Who the API server says that the client is. */
async function whoIs(client: Client): Promise<string> {
  const { status } = SelfReview.parse(await client.create(SELVES, { metadata: {} }));
  return status.userInfo.username;
}

/** Replaces a file at once, as Kubernetes does with those that it mounts. */
async function replace(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}

async function tokenOf(account: string): Promise<string> {
  const cluster = sharedControlPlane();
  await kubectlOk(['create', 'serviceaccount', account, '-n', namespace], cluster);
  return (await kubectlOk(['create', 'token', account, '-n', namespace], cluster)).trim();
}

const account = (name: string) => `system:serviceaccount:${namespace}:${name}`;

describe('what is rotated is used a second later, and no call is dropped for it:', () => {
  it('a token', async () => {
    const file = join(folder, 'token');
    await writeFile(file, await tokenOf('one'));
    const { client, clock } = await setUp({ user: { tokenFile: file } });
    expect(await whoIs(client)).toBe(account('one'));
    const under = Array.from({ length: 20 }, () => whoIs(client));
    await replace(file, await tokenOf('other'));
    await clock.advance(FRESH);
    expect(await whoIs(client)).toBe(account('other'));
    expect(await Promise.all(under)).toEqual(Array.from({ length: 20 }, () => account('one')));
  });

  it('a client certificate; the old connections end with their last call', async () => {
    const [cert, key] = [join(folder, 'cert'), join(folder, 'key')];
    const become = async (name: string): Promise<void> => {
      const pem = await certificateIn(await sharedControlPlane().user(name, ['system:masters']));
      await Promise.all([replace(cert, pem.cert), replace(key, pem.key)]);
    };
    await become('alice');
    // It counts the connections.
    await using proxy = await ConnectProxy.start();
    const { client, clock } = await setUp({
      cluster: { 'proxy-url': `http://127.0.0.1:${proxy.port}` },
      user: { 'client-certificate': cert, 'client-key': key },
    });
    const { resourceVersion } = await client.list(namespaces, { limit: 1 });
    const watch = client.watch(namespaces, { resourceVersion })[Symbol.asyncIterator]();
    const sees = async () => (await watch.next()).value;
    const seen = sees();
    const under = Array.from({ length: 20 }, () => whoIs(client));
    expect(await Promise.all([seen, newNamespace(admin), ...under])).toContain('alice');
    const next = sees();
    const before = proxy.asked.length;

    await become('bob');
    const last = Array.from({ length: 20 }, () => whoIs(client));
    await clock.advance(FRESH);
    const first = Array.from({ length: 20 }, () => whoIs(client));
    expect(new Set(await Promise.all(first))).toEqual(new Set(['bob']));
    expect(new Set(await Promise.all(last))).toEqual(new Set(['alice']));
    await newNamespace(admin);
    expect(await next).toMatchObject({ type: 'ADDED' });
    await watch.return();
    // Each tunnel has two ends.
    await expect.poll(() => proxy.connections - 2 * (proxy.asked.length - before)).toBe(0);
    await client.close();
    await expect.poll(() => proxy.connections).toBe(0);
  });
});

describe('a credential plugin', () => {
  it('is asked again as soon as the API server refuses what it gave, however long that was to last', async () => {
    const runs = join(folder, 'runs');
    const { client, clock } = await setUp({ user: counting(runs, '2036-01-01T00:00:00Z') });
    for (const run of [1, 2]) {
      await expect(whoIs(client)).rejects.toMatchObject({ reason: 'Unauthorized', code: 401 });
      await expect(whoIs(client)).rejects.toMatchObject({ reason: 'Unauthorized', code: 401 });
      expect((await readFile(runs, 'utf8')).trim().split('\n')).toHaveLength(run);
      await clock.advance(FRESH);
    }
  });

  it('may give a certificate', async () => {
    const { cert, key } = await certificateIn(await sharedControlPlane().user('carol'));
    const file = join(folder, 'ticket');
    await writeFile(file, JSON.stringify(ticket({ status: { clientCertificateData: cert, clientKeyData: key } })));
    const { client } = await setUp({ user: shell(`cat ${file}`) });
    expect(await whoIs(client)).toBe('carol');
  });
});

describe('the server', () => {
  const anotherCa = async () => readFile(join(sharedControlPlane().dataDir, 'pki', 'apiserver.crt'), 'base64');

  it('is known by the name that the kubeconfig says', async () => {
    const { client } = await setUp({ cluster: { 'tls-server-name': 'kubernetes.default.svc' } });
    await expect(whoIs(client)).resolves.toBeDefined();
    const { client: wrong } = await setUp({ cluster: { 'tls-server-name': 'kubernetes.example.com' } });
    await expect(whoIs(wrong)).rejects.toMatchObject({
      reason: 'Unavailable',
      maybeDone: false,
      message: expect.stringContaining('ERR_TLS_CERT_ALTNAME_INVALID'),
    });
  });

  it('is believed by none but the certificates that the kubeconfig says, unless that says not to look', async () => {
    const ca = { 'certificate-authority-data': await anotherCa() };
    const { client: wrong } = await setUp({ cluster: ca });
    await expect(whoIs(wrong)).rejects.toMatchObject({ reason: 'Unavailable', maybeDone: false });
    const { client } = await setUp({
      cluster: { 'certificate-authority-data': undefined, 'insecure-skip-tls-verify': true },
    });
    await expect(whoIs(client)).resolves.toBeDefined();
  });
});
