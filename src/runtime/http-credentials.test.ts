import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Credentials, KubeconfigError, loadKubeConfig } from './http-credentials.ts';
import { TestClock } from './test-clock.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'credentials-'));
});

afterAll(() => rm(folder, { recursive: true }));

/** A file with one context per user, the first of them current. */
async function kubeconfig(
  users: Record<string, object>,
  cluster: object = { server: 'https://127.0.0.1:6443' },
): Promise<string> {
  const file = join(folder, `${crypto.randomUUID()}.kubeconfig`);
  const names = Object.keys(users);
  const config = {
    clusters: [{ name: 'here', cluster }],
    users: names.map((name) => ({ name, user: users[name] })),
    contexts: names.map((name) => ({ name, context: { cluster: 'here', user: name } })),
    'current-context': names[0],
  };
  await writeFile(file, JSON.stringify(config));
  return file;
}

async function accessOf(user: object, clock = new TestClock()) {
  const { config } = await loadKubeConfig(await kubeconfig({ user }), undefined);
  return new Credentials(config, clock, undefined);
}

it('reads certificates, tokens and passwords', async () => {
  const certificate = { 'client-certificate-data': btoa('cert'), 'client-key-data': btoa('key') };
  expect((await (await accessOf(certificate)).current()).tls).toEqual({
    cert: Buffer.from('cert'),
    key: Buffer.from('key'),
  });
  expect((await (await accessOf({ token: 'abc' })).current()).headers).toEqual({ authorization: 'Bearer abc' });
  const { headers } = await (await accessOf({ username: 'u', password: 'p' })).current();
  expect(headers).toEqual({ authorization: `Basic ${btoa('u:p')}` });
});

it('reads a tokenFile beside the kubeconfig, without the line end that editors leave', async () => {
  await writeFile(join(folder, 'token'), 'from-file\n');
  const { headers } = await (await accessOf({ tokenFile: 'token' })).current();
  expect(headers).toEqual({ authorization: 'Bearer from-file' });
});

it('chooses the context it is told to', async () => {
  const file = await kubeconfig({ one: { token: '1' }, two: { token: '2' } });
  const { config, server } = await loadKubeConfig(file, 'two');
  expect(server).toBe('https://127.0.0.1:6443');
  expect((await new Credentials(config, new TestClock(), undefined).current()).headers).toEqual({
    authorization: 'Bearer 2',
  });
  await expect(loadKubeConfig(file, 'three')).rejects.toThrow('no context "three"; there are: one, two');
});

describe('says before the first call, in one line that begins with the file, that', () => {
  const problem = async (file: string) => {
    const error: unknown = await loadKubeConfig(file, undefined).catch((reason: unknown) => reason);
    if (!(error instanceof KubeconfigError)) throw new Error(`${file} gives ${String(error)}`);
    return error.message.replace(`${file}: `, 'FILE: ');
  };

  it('there is no such file', async () => {
    expect(await problem(join(folder, 'none'))).toBe('FILE: no such file or directory');
    expect(await problem(folder)).toBe('FILE: illegal operation on a directory');
  });

  it.each([
    ['there is nothing in it', '', /^FILE: not a kubeconfig: .+$/],
    ['there is no YAML in it', 'users: [{token: secret}\n', /^FILE: not a kubeconfig: .+$/],
    ['there is something else in it', 'hello\n', /^FILE: it has no current-context$/],
    ['there is no such context', 'current-context: here\n', /^FILE: no context "here"; there are: none$/],
  ])('%s', async (_what, text, message) => {
    const file = join(folder, crypto.randomUUID());
    await writeFile(file, text);
    expect(await problem(file)).toMatch(message);
    expect(await problem(file)).not.toContain('secret');
  });

  it('there is a proxy, which is not supported', async () => {
    const cluster = { server: 'https://127.0.0.1:6443', 'proxy-url': 'http://127.0.0.1:1' };
    expect(await problem(await kubeconfig({ user: {} }, cluster))).toBe('FILE: proxy-url is not supported');
  });
});

it('asks a credential plugin once for all calls of a second, and again after a refusal', async () => {
  const clock = new TestClock();
  const log = join(folder, 'runs');
  const script = `echo run >> ${log}; printf '{"status":{"token":"t%s","expirationTimestamp":"2020-01-01T00:00:00Z"}}' $(wc -l < ${log})`;
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'sh', args: ['-c', script] };
  const credentials = await accessOf({ exec }, clock);
  const [one, other] = await Promise.all([credentials.current(), credentials.current()]);
  expect(one).toBe(other);
  await clock.advance(999);
  expect((await credentials.current()).headers).toEqual({ authorization: 'Bearer t1' });
  credentials.expire();
  expect((await credentials.current()).headers).toEqual({ authorization: 'Bearer t2' });
  await clock.advance(1000);
  expect((await credentials.current()).headers).toEqual({ authorization: 'Bearer t3' });
});

it('waits half a minute for a credential plugin that hangs, then asks it again', async () => {
  const clock = new TestClock();
  const { config } = await loadKubeConfig(await kubeconfig({ user: { token: 'abc' } }), undefined);
  vi.spyOn(config, 'applyToHTTPSOptions').mockReturnValueOnce(new Promise(() => undefined));
  const credentials = new Credentials(config, clock, undefined);
  const hung = credentials.current();
  hung.catch(() => undefined);
  await clock.advance(29_999);
  expect(credentials.current()).toBe(hung);
  await clock.advance(1);
  await expect(hung).rejects.toMatchObject({ reason: 'Unavailable', message: 'no credentials within 30 s' });
  expect((await credentials.current()).headers).toEqual({ authorization: 'Bearer abc' });
  expect(clock.timers).toBe(0);
});

it('keeps to itself what a failing plugin prints, and asks it again the next time', async () => {
  const ready = join(folder, 'ready');
  const script = `test -e ${ready} || { echo secret >&2; exit 1; }; echo '{"status":{"token":"late"}}'`;
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'sh', args: ['-c', script] };
  const credentials = await accessOf({ exec });
  const error: unknown = await credentials.current().catch((reason: unknown) => reason);
  expect(error).toMatchObject({
    name: 'ApiError',
    reason: 'Unauthorized',
    message: 'credentials cannot be read',
    cause: undefined,
  });
  await writeFile(ready, '');
  expect((await credentials.current()).headers).toEqual({ authorization: 'Bearer late' });
});
