import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { Credentials } from './http-credentials.ts';
import { loadKubeConfig } from './kubeconfig.ts';
import { TestClock } from './test-clock.ts';
import { KubeconfigFolder } from './test-kubeconfig.ts';
import { counting, printing, shell, ticket } from './test-plugin.ts';

const folder = new KubeconfigFolder();
afterAll(() => folder[Symbol.dispose]());

async function accessOf(user: object, clock = new TestClock()) {
  return new Credentials(await loadKubeConfig(await folder.write({ user })), clock, undefined);
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
  await writeFile(join(folder.path, 'token'), 'from-file\n');
  const { headers } = await (await accessOf({ tokenFile: 'token' })).current();
  expect(headers).toEqual({ authorization: 'Bearer from-file' });
});

it('goes by the current context', async () => {
  const file = await folder.write({ one: { token: '1' }, two: { token: '2' } });
  const { server, ...login } = await loadKubeConfig(file);
  expect(server).toBe('https://127.0.0.1:6443');
  expect((await new Credentials(login, new TestClock(), undefined).current()).headers).toEqual({
    authorization: 'Bearer 1',
  });
});

it('checks the server by the name and the certificates that it is told', async () => {
  const cluster = {
    server: 'https://127.0.0.1:6443',
    'tls-server-name': 'kubernetes',
    'certificate-authority-data': btoa('ca'),
  };
  const tlsOf = async (file: string) =>
    (await new Credentials(await loadKubeConfig(file), new TestClock(), undefined).current()).tls;
  expect(await tlsOf(await folder.write({ user: {} }, cluster))).toEqual({
    servername: 'kubernetes',
    ca: Buffer.from('ca'),
  });
  const unchecked = { server: 'https://127.0.0.1:6443', 'insecure-skip-tls-verify': true };
  expect(await tlsOf(await folder.write({ user: {} }, unchecked))).toEqual({ rejectUnauthorized: false });
});

it('reads a tokenFile again after a second, and no sooner', async () => {
  const clock = new TestClock();
  const file = join(folder.path, 'rotated');
  await writeFile(file, 'one');
  const credentials = await accessOf({ tokenFile: 'rotated' }, clock);
  await credentials.current();
  await writeFile(file, 'two');
  await clock.advance(999);
  expect((await credentials.current()).headers).toEqual({ authorization: 'Bearer one' });
  await clock.advance(1);
  expect((await credentials.current()).headers).toEqual({ authorization: 'Bearer two' });
});

it('gives a certificate of a plugin precedence over none', async () => {
  const status = { clientCertificateData: 'CERT', clientKeyData: 'KEY' };
  const { tls, headers } = await (await accessOf(printing({ status }))).current();
  expect(tls).toEqual({ cert: 'CERT', key: 'KEY' });
  expect(headers).toEqual({});
});

it('asks a plugin anew after a refusal, once for all calls that went out with what was refused', async () => {
  const clock = new TestClock();
  const credentials = await accessOf(counting(join(folder.path, 'runs'), '2036-01-01T00:00:00Z'), clock);
  const first = await credentials.current();
  expect(await credentials.current()).toBe(first);
  credentials.refused(first);
  await clock.advance(1000);
  const second = await credentials.current();
  expect([first, second].map(({ headers }) => headers['authorization'])).toEqual(['Bearer t1', 'Bearer t2']);
  credentials.refused(first);
  await clock.advance(1000);
  expect((await credentials.current()).headers).toEqual({ authorization: 'Bearer t2' });
});

it.each([
  ['a line break', 'half a\ntoken'],
  ['a character that is none of a header', 'half a “token”'],
])('refuses a token with %s, and does not quote it', async (_, token) => {
  await writeFile(join(folder.path, 'half-written'), token);
  const plugin = shell(`printf '%s' '${JSON.stringify(ticket({ status: { token } }))}'`);
  for (const user of [{ token }, { tokenFile: 'half-written' }, plugin]) {
    await expect((await accessOf(user)).current()).rejects.toMatchObject({
      name: 'ApiError',
      reason: 'Unauthorized',
      message: 'credentials cannot be read: the header authorization cannot hold them',
      cause: undefined,
    });
  }
});

it('takes a token with all that a header may hold', async () => {
  const token = 'a\tb ~é\u00ff';
  expect((await (await accessOf({ token })).current()).headers).toEqual({ authorization: `Bearer ${token}` });
});

it('asks a plugin again a second after a token that no header can hold, however long that was to be good', async () => {
  const clock = new TestClock();
  const ready = join(folder.path, 'whole');
  const [half, whole] = ['“half', 'whole'].map((token) => JSON.stringify(ticket({ status: { token } })));
  const credentials = await accessOf(shell(`test -e ${ready} && echo '${whole}' || echo '${half}'`), clock);
  await expect(credentials.current()).rejects.toMatchObject({ reason: 'Unauthorized' });
  await writeFile(ready, '');
  await clock.advance(1000);
  expect((await credentials.current()).headers).toEqual({ authorization: 'Bearer whole' });
});

it('waits half a minute for a server that client-node asks, then asks it again', async () => {
  const clock = new TestClock();
  const login = await loadKubeConfig(await folder.write({ user: { token: 'abc' } }));
  vi.spyOn(login.config, 'applyToHTTPSOptions').mockReturnValueOnce(new Promise(() => undefined));
  const credentials = new Credentials(login, clock, undefined);
  const hung = credentials.current();
  hung.catch(() => undefined);
  await clock.advance(29_999);
  expect(credentials.current()).toBe(hung);
  await clock.advance(1);
  await expect(hung).rejects.toMatchObject({ reason: 'Unavailable', message: 'no credentials within 30 s' });
  await clock.advance(1000);
  expect((await credentials.current()).headers).toEqual({ authorization: 'Bearer abc' });
  expect(clock.timers).toBe(0);
});

it('keeps to itself what a failing plugin prints, and asks it again a second later', async () => {
  const clock = new TestClock();
  const ready = join(folder.path, 'ready');
  const script = `test -e ${ready} || { echo secret >&2; echo secret; exit 1; }; echo '${JSON.stringify(ticket({ status: { token: 'late' } }))}'`;
  const credentials = await accessOf(shell(script), clock);
  const error: unknown = await credentials.current().catch((reason: unknown) => reason);
  expect(error).toMatchObject({
    name: 'ApiError',
    reason: 'Unauthorized',
    message: 'credentials cannot be read: credential plugin: exit code 1',
    cause: undefined,
  });
  await writeFile(ready, '');
  await expect(credentials.current()).rejects.toBe(error);
  await clock.advance(1000);
  expect((await credentials.current()).headers).toEqual({ authorization: 'Bearer late' });
});
