import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from './cache.mjs';
import { UserError } from './errors.mjs';
import { withLock } from './lock.mjs';
import { npm } from './npm.mjs';
import { minutesAndSeconds, say, sayProgress } from './say.mjs';

/**
 * Installs what package-lock.json says into node_modules, unless that has been done.
 *
 * @param {string} root
 */
export async function setUpDependencies(root) {
  if (isInstalled(root)) return;
  const lock = join(cacheFolder(), 'locks', `dependencies-${hash(root).slice(0, 16)}`);
  await withLock(lock, 'installing the dependencies', async () => {
    if (isInstalled(root)) return;
    const start = Date.now();
    const elapsed = () => minutesAndSeconds(Date.now() - start);
    const done = sayProgress(() => `Installing the dependencies (npm ci, about half a minute): ${elapsed()}`);
    // What the user keeps npm from installing elsewhere is needed here.
    const { code, output } = await npm(['ci', '--include=dev', '--include=optional'], root).finally(done);
    if (code !== 0) throw new UserError(`npm ci exited with ${code}:\n${output}`);
    writeFileSync(stampPath(root), lockHash(root));
    say(`Dependencies installed in ${elapsed()}.`);
  });
}

/**
 * Whether node_modules is what package-lock.json says. npm ci removes the stamp with the folder
 * that it is in, so an interrupted one counts as none.
 *
 * @param {string} root
 */
export function isInstalled(root) {
  try {
    return readFileSync(stampPath(root), 'utf8') === lockHash(root);
  } catch {
    return false;
  }
}

/** @param {string} root */
export function stampPath(root) {
  return join(root, 'node_modules', '.daypass-installed');
}

/**
 * What a stamp holds. Packages with native code differ by platform, and a checkout may be shared.
 *
 * @param {string} root
 */
export function lockHash(root) {
  return hash(`${process.platform} ${process.arch}\n${readFileSync(join(root, 'package-lock.json'), 'utf8')}`);
}

/** @param {string} text */
function hash(text) {
  return createHash('sha256').update(text).digest('hex');
}
