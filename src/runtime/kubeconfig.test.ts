import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { KubeconfigError, loadKubeConfig } from './kubeconfig.ts';
import { KubeconfigFolder } from './test-kubeconfig.ts';

const folder = new KubeconfigFolder();
afterAll(() => folder[Symbol.dispose]());

it('finds a tokenFile, and a plugin named by its path, beside the kubeconfig', async () => {
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: './bin/login', args: null };
  const { tokenFile, plugin } = await loadKubeConfig(await folder.write({ user: { tokenFile: 'token', exec } }));
  expect(tokenFile).toBe(join(folder.path, 'token'));
  expect(plugin).toMatchObject({ command: join(folder.path, 'bin/login'), args: [], env: {} });
});

it('finds the token that Kubernetes mounts into every pod, and the proxy of the environment', async () => {
  vi.stubEnv('KUBERNETES_SERVICE_HOST', 'fd00::1');
  vi.stubEnv('KUBERNETES_SERVICE_PORT', '443');
  vi.stubEnv('HTTPS_PROXY', 'http://proxy:3128');
  onTestFinished(() => void vi.unstubAllEnvs());
  const { server, tokenFile, proxy, config } = await loadKubeConfig(undefined);
  expect(server).toBe('https://[fd00::1]:443');
  expect(tokenFile).toBe('/var/run/secrets/kubernetes.io/serviceaccount/token');
  expect(proxy?.href).toBe('http://proxy:3128/');
  expect(config.getCurrentUser()?.authProvider).toBeUndefined();
});

describe('says before the first call, in one line that begins with the file, that', () => {
  const problem = async (file: string) => {
    const error: unknown = await loadKubeConfig(file).catch((reason: unknown) => reason);
    if (!(error instanceof KubeconfigError)) throw new Error(`${file} gives ${String(error)}`);
    return error.message.replace(`${file}: `, 'FILE: ');
  };

  it('there is no such file', async () => {
    expect(await problem(join(folder.path, 'none'))).toBe('FILE: no such file or directory');
    expect(await problem(folder.path)).toBe('FILE: illegal operation on a directory');
  });

  it.each([
    ['there is nothing in it', '', /^FILE: not a kubeconfig: .+$/],
    ['there is no YAML in it', 'users: [{token: secret}\n', /^FILE: not a kubeconfig: .+$/],
    ['there is something else in it', 'hello\n', /^FILE: it has no current-context$/],
    ['there is no such context', 'current-context: here\n', /^FILE: no context "here"; there are: none$/],
  ])('%s', async (_what, text, message) => {
    const file = join(folder.path, crypto.randomUUID());
    await writeFile(file, text);
    expect(await problem(file)).toMatch(message);
    expect(await problem(file)).not.toContain('secret');
  });

  it('there is a proxy of a kind that is not supported', async () => {
    const cluster = { server: 'https://127.0.0.1:6443', 'proxy-url': 'socks5://user:secret@127.0.0.1:1' };
    const message = 'FILE: proxy-url is a proxy by socks5, must be one by http or https';
    expect(await problem(await folder.write({ user: {} }, cluster))).toBe(message);
  });

  it.each([
    [{ command: 'login', interactiveMode: 'Always' }, 'interactiveMode: '],
    [{ command: 'login', provideClusterInfo: true }, 'provideClusterInfo: '],
    [{ command: 'login', apiVersion: 'client.authentication.k8s.io/v1alpha1' }, 'apiVersion: '],
    [{}, 'command: '],
  ])('there is a plugin that cannot be run as it wants: %j', async (exec, what) => {
    const user = { exec: { apiVersion: 'client.authentication.k8s.io/v1', ...exec } };
    expect(await problem(await folder.write({ user }))).toContain(`FILE: exec of user user: ${what}`);
  });
});
