import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { check, runCheck } from './check.mjs';
import { run } from './children.mjs';
import { root } from './paths.mjs';

/**
 * Checks, builds and tests everything, whatever fails on the way, and ends with one line that sums
 * it up. With arguments, which go to vitest, it skips the checks.
 *
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>}
 */
export async function test(args, env) {
  const notBuilt = runCheck('build', (onOutput) => build(env, onOutput));
  const [checksFailed, buildFailed] = await Promise.all([args.length === 0 ? check(env) : 0, notBuilt]);
  const tests = await runVitest(args, env);
  const failed = checksFailed + Number(buildFailed) + tests.failed;
  process.stdout.write(`${tests.passed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}

/**
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 */
async function runVitest(args, env) {
  const folder = mkdtempSync(join(tmpdir(), 'daypass-'));
  try {
    const report = join(folder, 'counts.json');
    const flags = ['--reporter=default', `--reporter=${fileURLToPath(new URL('counts.mjs', import.meta.url))}`];
    const counting = { ...env, DAYPASS_COUNTS: report };
    const code = await run('vitest', ['run', ...flags, ...args], { cwd: root, env: counting });
    return summarize(code, () => readFileSync(report, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * A run can fail without a failed test: a file that does not load, an unhandled rejection, no
 * report at all, no test at all. That counts as one.
 *
 * @param {number} code exit code of vitest
 * @param {() => string} readReport
 * @returns {{ passed: number, failed: number }}
 */
export function summarize(code, readReport) {
  let [passed, failed] = [0, 0];
  try {
    const report = JSON.parse(readReport());
    ({ passed, failed } = report);
  } catch {
    failed = 1;
  }
  return { passed, failed: (code !== 0 || passed === 0) && failed === 0 ? 1 : failed };
}
