import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from './children.mjs';
import { UserError } from './errors.mjs';
import { checkGo, goEnvironment } from './go.mjs';
import { minutesAndSeconds, ofAbout, say, sayProgress } from './say.mjs';

/** Without these the API server calls itself v0.0.0. */
const KUBERNETES = { gitVersion: 'v1.37.2', gitMajor: '1', gitMinor: '37' };

/** About what it takes on two cores, downloads included, in ms. */
const USUAL = 10 * 60_000;

/** How much of what go says is kept, in characters. */
const KEPT = 8000;

/**
 * Builds the control plane from `sources`. All that Go downloads and compiles, 5 GB, goes to
 * `folder`; it is removed afterwards, but kept when the build is interrupted: the next one goes on
 * from there.
 *
 * @param {string} sources
 * @param {string} program where it is to be; appears whole or not at all
 * @param {string} folder
 */
export async function buildControlPlane(sources, program, folder) {
  checkGo();
  const env = goEnvironment(folder);
  const start = Date.now();
  const elapsed = () => minutesAndSeconds(Date.now() - start);
  say(
    `Building the control plane with Go: once, about ${USUAL / 60_000} minutes, longer on a busy machine, 5 GB of disk meanwhile (${folder}).`,
  );

  const total = await countPackages(sources, env, elapsed);
  const fresh = join(folder, 'daypass-controlplane');
  let compiled = 0;
  let output = '';
  const done = sayProgress(
    () => `Compiling: ${compiled} of about ${total} packages, ${ofAbout(Date.now() - start, USUAL)}`,
  );
  const versions = Object.entries(KUBERNETES).map(
    ([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`,
  );
  const flags = ['-v', '-trimpath', '-ldflags', ['-s -w', ...versions].join(' '), '-o', fresh];
  const code = await run('go', ['build', ...flags, '.'], {
    cwd: sources,
    env,
    onOutput(text) {
      compiled += text.split('\n').length - 1;
      output = (output + text).slice(-KEPT);
    },
  }).finally(done);
  if (code !== 0) throw new UserError(`go build exited with ${code}:\n${output}`);
  mkdirSync(dirname(program), { recursive: true });
  renameSync(fresh, program);
  say(`Control plane built in ${elapsed()}. Removing what building it took.`);
  await removeCaches(folder, env);
}

/**
 * How many packages there are to compile; downloads all modules on the way.
 *
 * @param {string} sources
 * @param {NodeJS.ProcessEnv} env
 * @param {() => string} elapsed
 */
async function countPackages(sources, env, elapsed) {
  let output = '';
  const done = sayProgress(() => `Downloading Go modules: ${elapsed()}`);
  const code = await run('go', ['list', '-deps', '-f', '{{if .ImportPath}}::{{end}}', '.'], {
    cwd: sources,
    env,
    onOutput: (text) => void (output += text),
  }).finally(done);
  if (code !== 0) throw new UserError(`Downloading Go modules failed:\n${output.slice(-KEPT)}`);
  return output.split('::').length - 1;
}

/**
 * The module cache is read-only: only go itself removes it.
 *
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} env
 */
async function removeCaches(folder, env) {
  let output = '';
  const code = await run('go', ['clean', '-modcache'], {
    cwd: dirname(folder),
    env,
    onOutput: (text) => void (output += text),
  });
  if (code !== 0) say(`go clean -modcache exited with ${code}; ${folder} can be removed: ${output}`);
  else rmSync(folder, { recursive: true, force: true });
}
