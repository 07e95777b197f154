import { once } from 'node:events';
import { createServer } from 'node:http';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { expect, it, onTestFinished, vi } from 'vitest';
import { CONFIG_MAPS } from '../api/kubernetes.ts';
import { ServerClock } from '../runtime/server-clock.ts';
import { TestClock } from '../runtime/test-clock.ts';
import { connectBy } from './connect-by.ts';
import { PlainError } from './plain-error.ts';

async function problem(kubeconfig: string | undefined): Promise<unknown> {
  const error: unknown = await connectBy(kubeconfig, new ServerClock(new TestClock())).catch(
    (reason: unknown) => reason,
  );
  return error instanceof PlainError ? error.message : error;
}

/** The path of a file that has this in it until the test is over. */
async function written(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'connect-by-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'kubeconfig');
  await writeFile(file, text, { mode: 0o600 });
  return file;
}

it('names the flag, the file, and what is wrong with it', async () => {
  expect(await problem('/no/such/file')).toBe('--kubeconfig /no/such/file: no such file or directory');
  const file = await written('users: []\n');
  expect(await problem(file)).toBe(`--kubeconfig ${file}: it has no current-context`);
});

it('makes itself known by name and version', async () => {
  const agents: (string | undefined)[] = [];
  const server = createServer(({ headers }, response) => {
    agents.push(headers['user-agent']);
    response.end('{}');
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const address = server.address();
  const config = new KubeConfig();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  config.loadFromClusterAndUser({ name: 'c', server: url, skipTLSVerify: true }, { name: 'u', token: 'secret' });
  const client = await connectBy(await written(config.exportConfig()), new ServerClock(new TestClock()));
  await client.get(CONFIG_MAPS, { namespace: 'a', name: 'b' }).catch(() => undefined); // it is no object
  await client.close();
  expect(agents).toEqual([expect.stringMatching(/^daypass\/\d+\.\d+\.\d+/)]);
});

it('says what to do where there is neither a flag nor a pod', async () => {
  vi.stubEnv('KUBERNETES_SERVICE_HOST', '');
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(await problem(undefined)).toMatch(
    /^no kubeconfig given, and not in a pod: .*; --kubeconfig FILE says how else$/,
  );
});
