import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Launched, launch } from './support/launch.ts';
import { familyOf, survivorsOf } from './support/processes.ts';

const RUN = fileURLToPath(new URL('../scripts/run.mjs', import.meta.url));

/** Builds a program that repeats its arguments and exits with 7; waits, if there is a gate, until it opens. */
const FAKE_GO = `#!/bin/sh
echo "$*" >> "$FAKE_LOG"
case $1 in
  env) echo "\${FAKE_VERSION:-go1.26.0}" ;;
  list) printf '::::::' ;;
  build)
    echo a/package >&2
    if [ -p "$FAKE_GATE" ]; then echo waiting >> "$FAKE_LOG"; read _ < "$FAKE_GATE"; fi
    [ -z "$FAKE_FAILURE" ] || { echo "$FAKE_FAILURE" >&2; exit 1; }
    while [ "$1" != -o ]; do shift; done
    mkdir -p "$GOCACHE" "$(dirname "$2")"
    printf '#!/bin/sh\\necho "$@"\\nexit 7\\n' > "$2"
    chmod +x "$2" ;;
esac
`;

let folder: string;
let env: NodeJS.ProcessEnv;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'daypass-test-'));
  await mkdir(join(folder, 'bin'));
  await writeFile(join(folder, 'bin', 'go'), FAKE_GO);
  await chmod(join(folder, 'bin', 'go'), 0o755);
  env = {
    DAYPASS_CACHE: join(folder, 'cache'),
    FAKE_LOG: join(folder, 'go.log'),
    PATH: [join(folder, 'bin'), '/usr/bin', '/bin'].join(delimiter),
  };
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const start = (...args: string[]): Promise<Launched> => launch(process.execPath, [RUN, ...args], { env });

const goLog = (): Promise<string> => readFile(join(folder, 'go.log'), 'utf8').catch(() => '');

async function countBuilds(): Promise<number> {
  return (await goLog()).split('\n').filter((line) => line.startsWith('build')).length;
}

/** From here on a build waits. */
async function closeGate(): Promise<{ open(): Promise<void> }> {
  const gate = join(folder, 'gate');
  await (await launch('mkfifo', [gate])).exited;
  env['FAKE_GATE'] = gate;
  return { open: () => writeFile(gate, 'go\n') };
}

async function waitForBuild(): Promise<void> {
  await expect.poll(goLog).toContain('waiting');
}

describe('a target', () => {
  it('that does not exist is refused with those that do', async () => {
    const { code, stderr } = await (await start('strat')).exited;
    expect(code).toBe(1);
    expect(stderr).toContain('No target "strat"; there are setup, controlplane, start,');
  });

  it.each([
    ['start', { npm_config_once: 'true' }, 'npm start -- --once'],
    ['start', { npm_config_kubeconfig: 'mine' }, 'npm start -- --kubeconfig FILE'],
    ['bench', { npm_config_profile: 'true' }, 'npm run bench -- --profile FOLDER'],
    ['soak', { npm_config_minutes: 'true', npm_config_seed: '7' }, 'npm run soak -- --minutes N --seed S'],
  ])('%s is not run without what npm kept for itself: %j', async (target, kept, written) => {
    Object.assign(env, kept);
    const { code, stderr } = await (await start(target)).exited;
    expect(code).toBe(1);
    expect(stderr).toBe(`npm keeps what stands before \`--\` for itself: write \`${written}\`.\n`);
  });

  it.each(['start', 'bench', 'soak'])('%s shows its help before anything is built', async (target) => {
    const { code, stdout } = await (await start(target, '--help')).exited;
    expect(code).toBe(0);
    expect(stdout).toContain('--help ');
    expect(await countBuilds()).toBe(0);
  });

  it.each([
    ['start', ['--onse'], "Unknown option '--onse'"],
    ['bench', ['no-such'], 'no scenario "no-such"; there are '],
    ['soak', ['--minutes', '51'], '--minutes is "51", must be a whole number from 1 to 50'],
  ])('%s refuses %j before anything is built', async (target, args, message) => {
    const { code, stdout, stderr } = await (await start(target, ...args)).exited;
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(await countBuilds()).toBe(0);
  });

  it('gets its arguments, and its exit code is passed on', async () => {
    const { code, stdout } = await (await start('controlplane', 'user', 'a b')).exited;
    expect({ code, stdout }).toEqual({ code: 7, stdout: 'user a b\n' });
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('gets %s, and may end as it likes', async (signal) => {
    const program = join(folder, 'program');
    await writeFile(program, '#!/bin/sh\ntrap "exit 5" INT TERM HUP\necho ready\nwhile :; do sleep 0.05; done\n');
    await chmod(program, 0o755);
    env['DAYPASS_CONTROLPLANE'] = program;
    const { child, line, exited } = await start('controlplane');
    await line(/ready/);
    child.kill(signal);
    expect((await exited).code).toBe(5);
  });
});

describe('building the control plane', () => {
  it('happens once, and leaves nothing but the program', async () => {
    await (await start('controlplane')).exited;
    await (await start('controlplane')).exited;
    expect(await countBuilds()).toBe(1);
    expect(await goLog()).toContain('clean -modcache');
    await expect(readFile(join(folder, 'cache', 'build'))).rejects.toThrow('ENOENT');
  });

  it('by two at once happens once: the second waits, and says so', async () => {
    const gate = await closeGate();
    const first = await start('controlplane');
    await waitForBuild();
    const second = await start('controlplane');
    await second.line(new RegExp(`Waiting for process ${first.pid}, which is building the control plane`), 'stderr');
    await gate.open();
    const ends = await Promise.all([first.exited, second.exited]);
    expect(ends.map(({ code }) => code)).toEqual([7, 7]);
    expect(await countBuilds()).toBe(1);
  });

  it('that was killed leaves no process, and is done again', async () => {
    await closeGate();
    const { child, pid, exited } = await start('controlplane');
    await waitForBuild();
    const processes = familyOf(pid);
    expect(processes.map(({ command }) => command)).toContainEqual(expect.stringContaining('/go build'));
    child.kill('SIGKILL');
    await exited;
    await expect.poll(() => survivorsOf(processes)).toEqual([]);

    delete env['FAKE_GATE'];
    expect((await (await start('controlplane')).exited).code).toBe(7);
  });

  it('that fails says what Go said, and leaves no program', async () => {
    env['FAKE_FAILURE'] = 'no space left on device';
    const { code, stderr } = await (await start('controlplane')).exited;
    expect(code).toBe(1);
    expect(stderr).toContain('go build exited with 1:\na/package\nno space left on device');
    delete env['FAKE_FAILURE'];
    expect((await (await start('controlplane')).exited).code).toBe(7);
  });

  it.each([
    ['no Go', () => (env['PATH'] = join(folder, 'cache')), 'There is no Go on PATH'],
    ['a Go that is too old', () => (env['FAKE_VERSION'] = 'go1.19.8'), 'The Go on PATH is go1.19.8'],
  ])('with %s ends with the ways out', async (_, arrange, message) => {
    arrange();
    const { code, stdout, stderr } = await (await start('controlplane')).exited;
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).toContain('https://go.dev/dl');
    expect(stderr).toContain('npm start -- --kubeconfig FILE');
  });
});
