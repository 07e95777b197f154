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
    const env = await setUp({ controlPlane: own && !asksForHelp(args) });
    return run('node', ['scripts/start/main.ts', ...args], { cwd: root, env });
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

  bench: (args) => runBuilt('bench/main.ts', args),

  soak: (args) => runBuilt('bench/soak/main.ts', args),

  async test(args) {
    return test(args, await setUp({ controlPlane: true }));
  },
};

/**
 * Builds the operator, then runs what measures it on control planes of its own.
 *
 * @param {string} program
 * @param {string[]} args
 */
async function runBuilt(program, args) {
  const asked = asksForHelp(args);
  const env = await setUp({ controlPlane: !asked });
  const code = asked ? 0 : await build(env);
  return code === 0 ? run('node', [program, ...args], { cwd: root, env }) : code;
}

/**
 * Whether help is all that is wanted: nobody should wait for a build to read it.
 *
 * @param {string[]} args
 */
function asksForHelp(args) {
  return args.some((arg) => arg === '--help' || arg === '-h');
}

/** Whether someone holds the other end of our standard input, and so can close it. */
function hasPipe() {
  const stdin = fstatSync(0);
  return stdin.isFIFO() || stdin.isSocket();
}
