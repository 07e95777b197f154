import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from './cache.mjs';
import { UserError } from './errors.mjs';
import { buildControlPlane } from './go-build.mjs';
import { withLock } from './lock.mjs';

/**
 * Path of the control plane program, built first where it is not in the cache. DAYPASS_CONTROLPLANE
 * names one that was built elsewhere.
 *
 * @param {string} root
 * @returns {Promise<string>}
 */
export async function setUpControlPlane(root) {
  const given = process.env['DAYPASS_CONTROLPLANE'];
  if (given) {
    if (existsSync(given)) return given;
    throw new UserError(`DAYPASS_CONTROLPLANE is ${given}, and there is no such file.`);
  }
  const sources = join(root, 'controlplane');
  const cache = cacheFolder();
  const program = join(cache, 'controlplane', sourceKey(sources), 'daypass-controlplane');
  if (existsSync(program)) return program;
  // One build at a time, of whatever sources: each wants all of the machine.
  await withLock(join(cache, 'locks', 'controlplane'), 'building the control plane (about 10 minutes)', async () => {
    if (!existsSync(program)) await buildControlPlane(sources, program, join(cache, 'build'));
  });
  return program;
}

/**
 * Names a build by all that goes into it.
 *
 * @param {string} sources
 * @param {string} platform
 * @returns {string}
 */
export function sourceKey(sources, platform = `${process.platform}-${process.arch}`) {
  const hash = createHash('sha256').update(platform);
  for (const file of readdirSync(sources).filter(isSource).sort()) {
    const content = readFileSync(join(sources, file));
    hash.update(`\n${file} ${content.length}\n`).update(content);
  }
  return hash.digest('hex').slice(0, 16);
}

/** @param {string} file */
function isSource(file) {
  return /^go\.(mod|sum)$|\.go$/.test(file) && !file.endsWith('_test.go');
}
