import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { watched } from '../scripts/lib/ancestors.mjs';
import { cacheFolder } from '../scripts/lib/cache.mjs';
import { sourceKey } from '../scripts/lib/controlplane.mjs';
import { isInstalled, lockHash, stampPath } from '../scripts/lib/dependencies.mjs';
import { packagesWithAddress } from '../scripts/lib/lockfile.mjs';
import { parsePs, parseStat, type Process, readProcess } from '../scripts/lib/processes.mjs';
import { ofAbout } from '../scripts/lib/say.mjs';
import { summarize } from '../scripts/lib/test.mjs';
import { isAtLeast } from '../scripts/lib/version.mjs';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'daypass-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the cache', () => {
  it.each([
    ['linux', {}, '/home/ada/.cache/daypass'],
    ['linux', { XDG_CACHE_HOME: '/var/ada' }, '/var/ada/daypass'],
    ['linux', { XDG_CACHE_HOME: 'not/absolute' }, '/home/ada/.cache/daypass'],
    ['darwin', {}, '/home/ada/Library/Caches/daypass'],
    ['darwin', { DAYPASS_CACHE: '/elsewhere' }, '/elsewhere'],
  ] as const)('is where %s with %j keeps such things', (platform, env, expected) => {
    expect(cacheFolder(env, platform, '/home/ada')).toBe(expected);
  });
});

describe('versions', () => {
  it.each([
    ['22.19.0', '22.19.0', true],
    ['22.18.9', '22.19.0', false],
    ['26.0.0', '22.19.0', true],
    ['go1.26', '1.21', true],
    ['go1.9.7', '1.21', false],
    ['go1.27rc1', '1.21', true],
  ])('%s is at least %s: %s', (version, oldest, expected) => {
    expect(isAtLeast(version, oldest)).toBe(expected);
  });
});

describe('dependencies', () => {
  it('are installed when the stamp is that of the lock file, and not again until it changes', async () => {
    const lockFile = join(folder, 'package-lock.json');
    await writeFile(lockFile, '{}');
    expect(isInstalled(folder)).toBe(false);
    await mkdir(join(folder, 'node_modules'));
    await writeFile(stampPath(folder), lockHash(folder));
    expect(isInstalled(folder)).toBe(true);
    await writeFile(lockFile, '{"lockfileVersion": 3}');
    expect(isInstalled(folder)).toBe(false);
  });

  it('have no addresses in the lock file', () => {
    const packages = {
      '': {},
      'node_modules/a': { version: '1.0.0' },
      'node_modules/b': { resolved: 'https://registry.example/b.tgz' },
      'node_modules/c': { resolved: 'packages/c', link: true },
      'node_modules/d': { resolved: 'git+ssh://git@example.com/d.git' },
    };
    expect(packagesWithAddress(JSON.stringify({ packages }))).toEqual(['node_modules/b', 'node_modules/d']);
  });
});

describe('the name of a control plane build', () => {
  it('changes with what goes into it, and with nothing else', async () => {
    await writeFile(join(folder, 'main.go'), 'package main');
    await writeFile(join(folder, 'go.sum'), 'a');
    const before = sourceKey(folder, 'linux-x64');
    await writeFile(join(folder, 'README.md'), 'words');
    expect(sourceKey(folder, 'linux-x64')).toBe(before);
    await writeFile(join(folder, 'go.sum'), 'b');
    expect(sourceKey(folder, 'linux-x64')).not.toBe(before);
    expect(sourceKey(folder, 'darwin-arm64')).not.toBe(sourceKey(folder, 'linux-x64'));
  });
});

describe('processes', () => {
  it('are read from Linux whatever their name', () => {
    expect(parseStat(stat('S'), 'a command')).toEqual({ pid: 42, ppid: 7, start: '8801', command: 'a command' });
  });

  it('are read from ps', () => {
    const line = '   42     7 Ss   Mon Nov 23 21:10:00 2026     npm run start\n';
    expect(parsePs(line)).toEqual({ pid: 42, ppid: 7, start: 'Mon Nov 23 21:10:00 2026', command: 'npm run start' });
  });

  it('are gone when they are zombies', () => {
    expect(parseStat(stat('Z'), '')).toBeUndefined();
    expect(parsePs('42 7 Z+ Mon Nov 23 21:10:00 2026 (node)')).toBeUndefined();
  });

  it('know themselves', () => {
    expect(readProcess(process.pid)).toMatchObject({ pid: process.pid, ppid: process.ppid });
  });
});

describe('the ancestors whose death counts', () => {
  const commands = (underNpm: boolean, ...chain: string[]): string[] =>
    watched(10, underNpm, chainOf(...chain)).map(({ command }) => command);

  it.each(['npm run start', 'node /usr/bin/npm start', '/opt/node /opt/lib/npm-cli.js test', 'node /x/pnpm.cjs start'])(
    'end with %j',
    (npm) => {
      expect(commands(true, 'sh -c node scripts/run.mjs', npm, '-bash', 'sshd')).toEqual([
        'sh -c node scripts/run.mjs',
        npm,
      ]);
    },
  );

  it('go past a test runner that npm started', () => {
    expect(commands(true, 'node worker.js', 'node run.mjs', 'sh', 'npm test', '-bash')).toHaveLength(4);
  });

  it('are the parent alone without npm, and where npm is not to be found', () => {
    expect(commands(false, '-bash', 'npm run other', 'sshd')).toEqual(['-bash']);
    expect(commands(true, 'sh -c x', 'make npm', 'sshd')).toEqual(['sh -c x']);
  });
});

describe('progress', () => {
  it.each([
    [187_000, '3:07 of about 10:00'],
    [701_000, '11:41'],
  ])('after %i ms says what it is of only while that is ahead', (elapsed, said) => {
    expect(ofAbout(elapsed, 600_000)).toBe(said);
  });
});

describe('the last line of npm test', () => {
  it.each([
    ['all passed', 0, report(5, 0), { passed: 5, failed: 0 }],
    ['some failed', 1, report(5, 2), { passed: 5, failed: 2 }],
    ['a file did not load', 1, report(5, 0), { passed: 5, failed: 1 }],
    ['there is no report', 0, () => '', { passed: 0, failed: 1 }],
    ['nothing ran', 0, report(0, 0), { passed: 0, failed: 1 }],
  ])('tells that %s', (_, code, readReport, expected) => {
    expect(summarize(code, readReport)).toEqual(expected);
  });
});

/** proc_pid_stat(5), of a process with a name that is hard to read. */
function stat(state: string): string {
  return `42 (a) b (c) ${state} 7 42 42 0 -1 4194304 90 0 0 0 1 2 0 0 20 0 1 0 8801 3 4`;
}

/** Reads processes of which each is the parent of the one before it. */
function chainOf(...commands: string[]): (pid: number) => Process | undefined {
  const processes = commands.map((command, index) => ({ pid: 10 + index, ppid: 11 + index, start: '1', command }));
  return (pid) => processes[pid - 10];
}

function report(passed: number, failed: number): () => string {
  return () => JSON.stringify({ passed, failed });
}
