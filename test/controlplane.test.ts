import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { controlPlaneProgram, READY, startControlPlane, userKubeconfig } from './support/controlplane.ts';
import { kubectl, kubectlOk } from './support/kubectl.ts';
import { launch } from './support/launch.ts';
import { listeningAddresses } from './support/listening.ts';
import { familyOf, survivorsOf } from './support/processes.ts';
import { runProgram } from './support/run-program.ts';
import { sharedControlPlane, uniqueName } from './support/shared.ts';

describe('a control plane', () => {
  it('is the Kubernetes that it says it is, and its kubectl is of the same version', async () => {
    const Version = z.object({ gitVersion: z.string().regex(/^v1\.[0-9]+\.[0-9]+$/) });
    const answer: unknown = JSON.parse(await kubectlOk(['version', '--output=json'], sharedControlPlane()));
    const { clientVersion, serverVersion } = z.object({ clientVersion: Version, serverVersion: Version }).parse(answer);
    expect(clientVersion).toEqual(serverVersion);
  });

  it('makes users what they are told to be, and nothing more', async () => {
    const kubeconfig = await sharedControlPlane().user('ada:l@example.com', ['developers', 'on-call']);
    const whoami = await kubectlOk(['auth', 'whoami', '--output=json'], { kubeconfig });
    expect(JSON.parse(whoami)).toMatchObject({
      status: {
        userInfo: {
          username: 'ada:l@example.com',
          groups: ['on-call', 'developers', 'system:authenticated'], // certificates sort by length
        },
      },
    });
    expect(await kubectl(['get', 'pods'], { kubeconfig })).toMatchObject({ code: 1 });
  });

  it('refuses user names that name no file', async () => {
    const { dataDir } = sharedControlPlane();
    await expect(userKubeconfig(dataDir, '')).rejects.toThrow('NAME is empty');
    await expect(userKubeconfig(dataDir, '../admin')).rejects.toThrow('holds a slash');
  });

  it('keeps users apart whose names differ in what a file name cannot hold', async () => {
    const { user } = sharedControlPlane();
    const paths = await Promise.all(['a:b', 'a%3Ab', 'a@b', 'a b'].map((name) => user(name)));
    expect(new Set(paths).size).toBe(4);
  });

  it('writes down who asked for what', async () => {
    const cluster = sharedControlPlane();
    const name = uniqueName('curious');
    await kubectl(['get', 'secrets'], { kubeconfig: await cluster.user(name) });
    const log = await readFile(join(cluster.dataDir, 'logs', 'audit.log'), 'utf8');
    const lines = log.split('\n').slice(0, -1); // the last may be half there: others ask too
    expect(lines.map((line): unknown => JSON.parse(line))).toContainEqual(
      expect.objectContaining({
        level: 'Metadata',
        verb: 'list',
        user: expect.objectContaining({ username: name }),
        objectRef: expect.objectContaining({ resource: 'secrets' }),
      }),
    );
  });
});

describe('starting and ending', () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'daypass-test-'));
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  it('restarts on the same data, at the same address, for the same users', async () => {
    const first = await startControlPlane({ dataDir });
    const ada = await first.user('ada');
    await kubectlOk(['create', 'configmap', 'kept'], first);
    await first.stop();

    const second = await startControlPlane({ dataDir });
    expect(second.port).toBe(first.port);
    expect(await kubectlOk(['get', 'configmap', 'kept', '--output=name'], second)).toBe('configmap/kept\n');
    expect(await kubectlOk(['auth', 'whoami'], { kubeconfig: ada })).toContain('ada');

    // and, with what was written last, after a death without warning
    await kubectlOk(['delete', 'configmap', 'kept'], second);
    const processes = familyOf(second.pid);
    expect(processes).toHaveLength(4);
    await second.kill();
    const third = await startControlPlane({ dataDir });
    expect(survivorsOf(processes)).toEqual([]);
    expect(await kubectl(['get', 'configmap', 'kept'], third)).toMatchObject({ code: 1 });
    await third.stop();
  });

  it('runs beside others, and nobody beyond this machine can reach it', async () => {
    const cluster = await startControlPlane({ dataDir });
    expect(cluster.port).not.toBe(sharedControlPlane().port);
    const processes = familyOf(cluster.pid);
    if (process.platform === 'linux') {
      const addresses = await listeningAddresses(processes.map(({ pid }) => pid));
      expect(addresses).toEqual([`127.0.0.1:${cluster.port}`]);
    }

    const other = await runProgram(controlPlaneProgram(), ['up', '--data-dir', dataDir]);
    expect(other).toMatchObject({ code: 1, stdout: '' });
    expect(other.stderr).toContain('another control plane runs on the data folder');

    const taken = await runProgram(controlPlaneProgram(), ['--data-dir', `${dataDir}/x`, '--port', `${cluster.port}`]);
    expect(taken).toMatchObject({ code: 1, stdout: '' });
    expect(taken.stderr).toContain(`port ${cluster.port} cannot be used`);

    await cluster.stop();
    expect(survivorsOf(processes)).toEqual([]);
  });

  it.each(['SIGINT', 'SIGTERM', 'end of input'] as const)('ends well at %s', async (how) => {
    const { child, pid, exited, line } = await launch(controlPlaneProgram(), ['--data-dir', dataDir]);
    await line(READY);
    const processes = familyOf(pid);
    if (how === 'end of input') child.stdin?.end();
    else child.kill(how);
    const { code, stdout, stderr } = await exited;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n')).toHaveLength(2); // the one line, and nothing behind it
    expect(survivorsOf(processes)).toEqual([]);
  });

  it('ends, and says why, when one of its programs dies', async () => {
    const { pid, exited, line } = await launch(controlPlaneProgram(), ['--data-dir', dataDir]);
    await line(READY);
    const processes = familyOf(pid);
    const apiserver = processes.find(({ command }) => command.includes(' kube-apiserver '));
    process.kill(Number(apiserver?.pid), 'SIGKILL');
    const { code, stderr } = await exited;
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^controlplane: kube-apiserver ended \(signal: killed\); its log .*kube-apiserver\.log ends with\n./,
    );
    expect(survivorsOf(processes)).toEqual([]);
  });

  it.each([
    ['npm', /^(node \S*)?npm/],
    ['the script that npm runs', /^\S*node\S* scripts\/run\.mjs/],
    ['the control plane itself', /daypass-controlplane --data-dir/],
  ])('leaves no process behind when %s is killed', async (_, killed) => {
    const { pid, line } = await launch('npm', ['run', 'controlplane', '--', '--data-dir', dataDir], {
      stdin: 'ignore', // else its end would tell them
    });
    await line(READY);
    const processes = familyOf(pid);
    expect(processes.length).toBeGreaterThanOrEqual(7); // npm, its script, a guard, and four; perhaps a shell
    const victim = processes.find(({ command }) => killed.test(command));
    process.kill(Number(victim?.pid), 'SIGKILL');
    await expect.poll(() => survivorsOf(processes)).toEqual([]);
  });
});
