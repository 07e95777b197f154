import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './children.mjs';
import { packagesWithAddress } from './lockfile.mjs';
import { root } from './paths.mjs';
import { minutesAndSeconds, say } from './say.mjs';

/** @type {Record<string, string[]>} what each check runs */
const TOOLS = {
  types: ['tsc', '-p', '.'],
  lint: ['oxlint', '--deny-warnings'],
  format: ['biome', 'format'],
  unused: ['knip', '--no-progress'],
  generated: ['node', 'scripts/generate.ts', '--check'],
};

/**
 * Runs all checks side by side; shows what those that fail have to say.
 *
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>} how many failed
 */
export async function check(env) {
  const failures = await Promise.all([
    ...Object.entries(TOOLS).map(([name, [program = '', ...args]]) =>
      runCheck(name, (onOutput) => run(program, args, { cwd: root, env, onOutput })),
    ),
    runCheck('lock file', checkLockFile),
  ]);
  return failures.filter(Boolean).length;
}

/**
 * @param {string} name
 * @param {(onOutput: (text: string) => void) => Promise<number>} work resolves to an exit code
 * @returns {Promise<boolean>} whether it failed
 */
export async function runCheck(name, work) {
  const start = Date.now();
  let output = '';
  const code = await work((text) => void (output += text));
  say(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${minutesAndSeconds(Date.now() - start)})`);
  if (code !== 0) say(output.trimEnd());
  return code !== 0;
}

/** @param {(text: string) => void} onOutput */
async function checkLockFile(onOutput) {
  const found = packagesWithAddress(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  if (found.length === 0) return 0;
  onOutput(
    `package-lock.json says where these were fetched from; npm install with the .npmrc here: ${found.join(', ')}`,
  );
  return 1;
}
