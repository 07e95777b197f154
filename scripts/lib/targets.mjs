import { fstatSync } from 'node:fs';
import { build } from './build.mjs';
import { check } from './check.mjs';
import { run } from './children.mjs';
import { setUpControlPlane } from './controlplane.mjs';
import { root } from './paths.mjs';
import { say } from './say.mjs';
import { setUp } from './setup.mjs';
import { test } from './test.mjs';

/**
 * What each `npm run` does. Each sets up what it needs, gets the arguments behind `--`, and
 * resolves to an exit code.
 *
 * @type {Record<string, (args: string[]) => Promise<number>>}
 */
export const targets = {
  async setup() {
    const env = await setUp({ controlPlane: true });
    say(`All set up. Control plane: ${env['DAYPASS_CONTROLPLANE']}`);
    return 0;
  },

  async controlplane(args) {
    const stdin = hasPipe() ? process.stdin : undefined;
    return run(await setUpControlPlane(root), args, stdin ? { stdin } : {});
  },

  async start(args) {
    const own = !args.some((arg) => arg === '--kubeconfig' || arg.startsWith('--kubeconfig='));
    return runUnderstood('scripts/start/main.ts', args, () => setUp({ controlPlane: own }));
  },

  async daypass(args) {
    return run('node', ['src/main.ts', ...args], { cwd: root, env: await setUp() });
  },

  async generate(args) {
    return run('node', ['scripts/generate.ts', ...args], { cwd: root, env: await setUp() });
  },

  async build() {
    return build(await setUp());
  },

  async check() {
    return (await check(await setUp())) === 0 ? 0 : 1;
  },

  bench: (args) => runUnderstood('bench/main.ts', args, setUpBuilt),

  soak: (args) => runUnderstood('bench/soak/main.ts', args, setUpBuilt),

  async test(args) {
    return test(args, await setUp({ controlPlane: true }));
  },
};

/**
 * Runs a program, after what takes long: nobody should wait for a build to read of a mistyped option, or help.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {() => Promise<NodeJS.ProcessEnv | undefined>} prepare undefined where that failed, and has said why
 */
async function runUnderstood(program, args, prepare) {
  let said = '';
  // With --help it reads all of its options, and does nothing else.
  const code = await run('node', [program, '--help', ...args], {
    cwd: root,
    env: await setUp(),
    onOutput: (text) => void (said += text),
  });
  if (code !== 0 || args.some((arg) => arg === '--help' || arg === '-h')) {
    (code === 0 ? process.stdout : process.stderr).write(said);
    return code;
  }
  const env = await prepare();
  return env === undefined ? 1 : run('node', [program, ...args], { cwd: root, env });
}

/** For what measures the operator as it is built, on control planes of its own. */
async function setUpBuilt() {
  const env = await setUp({ controlPlane: true });
  return (await build(env)) === 0 ? env : undefined;
}

/** Whether someone holds the other end of our standard input, and so can close it. */
function hasPipe() {
  const stdin = fstatSync(0);
  return stdin.isFIFO() || stdin.isSocket();
}
