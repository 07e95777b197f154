import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { pluginOf } from './credential-plugin.ts';
import { PluginCredentials } from './plugin-credentials.ts';
import { TestClock } from './test-clock.ts';
import { counting, printing, shell, ticket } from './test-plugin.ts';

let clock: TestClock;
let runs: string;
beforeEach(() => {
  clock = new TestClock('2026-12-01T09:00:00Z');
  const folder = mkdtempSync(join(tmpdir(), 'plugin-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  runs = join(folder, 'runs');
});

function credentials({ exec }: { exec: object }): PluginCredentials {
  const plugin = pluginOf(exec, '/');
  if (typeof plugin === 'string') throw new Error(plugin);
  return new PluginCredentials(plugin, clock);
}

const count = () => readFileSync(runs, 'utf8').split('\n').length - 1;

/** A plugin that was started, and wrote a pid into `runs`. */
async function running(exec: { exec: object }): Promise<{ pid: number; outcome: Promise<string> }> {
  let ended: string | undefined;
  const outcome = credentials(exec)
    .current()
    .then(() => 'a credential', String)
    .then((text) => (ended = text));
  await expect.poll(() => ended ?? (existsSync(runs) && readFileSync(runs, 'utf8'))).toMatch(/^[0-9]+\n$/);
  return { pid: Number(readFileSync(runs, 'utf8')), outcome };
}

function isRunning(pid: number): boolean {
  // What has ended and was not waited for yet has no command line.
  return existsSync(`/proc/${pid}/cmdline`) && readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== '';
}

/** A script that prints the token t1 at its first run, good until then, and at all further ones does this. */
function thenDoing(script: string, expirationTimestamp: string): { exec: object } {
  const first = JSON.stringify(ticket({ status: { token: 't1', expirationTimestamp } }));
  return shell(`echo run >> ${runs}; if [ $(wc -l < ${runs}) = 1 ]; then echo '${first}'; else ${script}; fi`);
}

describe('a plugin is run', () => {
  it('once where its credential does not expire', async () => {
    const status = { token: 'abc' };
    const plugin = credentials(printing({ status }));
    const first = await plugin.current();
    await clock.advance(1e9);
    expect(await plugin.current()).toBe(first);
  });

  it('once for all who ask at the same time', async () => {
    const plugin = credentials(counting(runs, '2026-12-01T10:00:00Z'));
    const all = await Promise.all([plugin.current(), plugin.current(), plugin.current()]);
    expect(all.map(({ token }) => token)).toEqual(['t1', 't1', 't1']);
    expect(count()).toBe(1);
  });

  it('a minute before its credential expires, which stays in use meanwhile', async () => {
    const plugin = credentials(thenDoing(`exit 1`, '2026-12-01T09:15:00Z'));
    await plugin.current();
    await clock.advance(14 * 60_000 - 1);
    expect((await plugin.current()).token).toBe('t1');
    expect(count()).toBe(1);
    await clock.advance(1);
    expect((await plugin.current()).token).toBe('t1');
    await expect.poll(count).toBe(2);
  });

  it('in the last fifth of a short life', async () => {
    const plugin = credentials(counting(runs, '2026-12-01T09:00:10Z'));
    await plugin.current();
    await clock.advance(7_999);
    await plugin.current();
    expect(count()).toBe(1);
    await clock.advance(1);
    await plugin.current();
    await expect.poll(count).toBe(2);
  });

  it('anew once its credential was refused, however long it was to last', async () => {
    const plugin = credentials(counting(runs, '2036-01-01T00:00:00Z'));
    await plugin.current();
    plugin.forget();
    expect((await plugin.current()).token).toBe('t2');
  });

  it('with what it needs to know, and without what it does not', async () => {
    const exec = { ...shell(`test "$GREETING" = hello && printf '%s' "$KUBERNETES_EXEC_INFO"`).exec };
    const plugin = credentials({ exec: { ...exec, env: [{ name: 'GREETING', value: 'hello' }] } });
    // It gives back what it was told, which is no credential.
    await expect(plugin.current()).rejects.toThrow('no ExecCredential of client.authentication.k8s.io/v1 printed');
    const checked = credentials({
      exec: {
        ...shell(
          `test "$KUBERNETES_EXEC_INFO" = '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","spec":{"interactive":false}}' && echo '${JSON.stringify(ticket({ status: { token: 'told' } }))}'`,
        ).exec,
      },
    });
    expect((await checked.current()).token).toBe('told');
  });
});

describe('a plugin that', () => {
  it('hangs is killed after half a minute, with what it started', async () => {
    const { pid, outcome } = await running(shell(`sleep 600 & echo $! > ${runs}; wait; echo late`));
    await clock.advance(30_000);
    expect(await outcome).toContain('it took too long');
    expect(clock.timers).toBe(0);
    await expect.poll(() => isRunning(pid)).toBe(false);
  });

  it.each([
    ['leaves behind somebody who holds its output', ''],
    ['is killed by somebody else, and leaves such a one', '; kill -9 $$'],
  ])('%s is not waited for either', async (_what, then) => {
    const { pid, outcome } = await running(shell(`sleep 600 & echo $! > ${runs}${then}`));
    await clock.advance(30_000);
    expect(await outcome).toContain('it took too long');
    await expect.poll(() => isRunning(pid)).toBe(false);
  });

  it.runIf(existsSync('/proc'))('has ended, with all that it started, is killed no more', async () => {
    // What it started goes its own way, and holds the output.
    const { pid, outcome } = await running(shell(`setsid sh -c 'echo $$ > ${runs}; exec sleep 600' &`));
    onTestFinished(() => void process.kill(pid, 'SIGKILL'));
    await clock.advance(30_000);
    expect(await outcome).toContain('it took too long');
    expect(isRunning(pid)).toBe(true);
  });

  it('hangs ahead of the end holds nobody up until then', async () => {
    const plugin = credentials(thenDoing('sleep 600', '2026-12-01T09:15:00Z'));
    await plugin.current();
    await clock.advance(14 * 60_000 + 30_000);
    expect((await plugin.current()).token).toBe('t1');
    expect((await plugin.current()).token).toBe('t1');
    plugin.close();
    await expect.poll(() => clock.timers).toBe(0);
  });

  it('fails ahead of the end is tried again, and fails those who ask once that has come', async () => {
    const plugin = credentials(thenDoing('exit 3', '2026-12-01T09:15:00Z'));
    await plugin.current();
    await clock.advance(14 * 60_000);
    expect((await plugin.current()).token).toBe('t1');
    await expect.poll(() => clock.timers).toBe(0);
    await clock.advance(60_000);
    await expect(plugin.current()).rejects.toThrow('credential plugin: exit code 3');
  });

  it.each([
    ['is not there', { exec: { ...shell('').exec, command: 'no-such-plugin' } }, 'ENOENT'],
    ['prints no JSON', shell('echo secret'), 'no ExecCredential'],
    [
      'prints another version',
      printing({ apiVersion: 'client.authentication.k8s.io/v1beta1', status: { token: 'a' } }),
      'no ExecCredential',
    ],
    [
      'prints a certificate without its key',
      printing({ status: { clientCertificateData: 'CERT' } }),
      'no ExecCredential',
    ],
    ['prints nothing to be let in by', printing({ status: {} }), 'no ExecCredential'],
    ['prints without end', shell('yes'), 'it prints too much'],
  ])('%s gives no credential, and says none of what it printed', async (_what, exec, why) => {
    const error: unknown = await credentials(exec)
      .current()
      .catch((reason: unknown) => reason);
    expect(String(error)).toContain(why);
    expect(String(error)).not.toContain('secret');
  });
});
