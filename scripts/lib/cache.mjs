import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/**
 * The folder for what is worth keeping between clones: Node, the built control plane. Its place is
 * the platform's own for caches (XDG's must be absolute), unless DAYPASS_CACHE says otherwise.
 *
 * @param {NodeJS.ProcessEnv} env
 * @param {NodeJS.Platform} platform
 * @param {string} home
 * @returns {string}
 */
export function cacheFolder(env = process.env, platform = process.platform, home = homedir()) {
  if (env['DAYPASS_CACHE']) return resolve(env['DAYPASS_CACHE']);
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'daypass');
  const { XDG_CACHE_HOME: caches } = env;
  return join(caches && isAbsolute(caches) ? caches : join(home, '.cache'), 'daypass');
}
