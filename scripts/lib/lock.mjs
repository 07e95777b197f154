import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive, readProcess } from './processes.mjs';
import { say } from './say.mjs';

/** How often to look whether the lock is free, in ms. */
const INTERVAL = 200;

/**
 * Holds a lock, a file at `path`, while `work` runs. A holder that was killed does not keep it: the
 * file says who holds it, and a process that is gone holds nothing.
 *
 * Two that find the same dead holder must not both remove the file, or the slower would remove the
 * lock of the faster. So removing is itself done under a lock, one per dead holder.
 *
 * @template T
 * @param {string} path
 * @param {string} doing what `work` does, for whoever has to wait: `installing the dependencies`
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(path, doing, work) {
  mkdirSync(dirname(path), { recursive: true });
  const self = { ...readProcess(process.pid), id: randomUUID() };
  const own = `${path}.${self.id}`;
  writeFileSync(own, JSON.stringify(self));
  try {
    for (let told = false; !take(own, path); ) {
      const holder = readHolder(path);
      if (holder === undefined) continue; // given back meanwhile
      if (isAlive(holder)) {
        if (!told) say(`Waiting for process ${holder.pid}, which is ${doing}.`);
        told = true;
        await delay(INTERVAL);
      } else {
        await withLock(`${path}.dead-${holder.id}`, 'clearing up after one that was killed', async () => {
          if (readHolder(path)?.id === holder.id) remove(path);
        });
        remove(`${path}.${holder.id}`);
      }
    }
  } finally {
    remove(own);
  }
  const release = () => remove(path);
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

/**
 * Linking, unlike opening for exclusive writing, makes a file that is whole from its first moment.
 *
 * @param {string} own
 * @param {string} path
 */
function take(own, path) {
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * @param {string} path
 * @returns {import('./processes.mjs').Process & { id: string } | undefined} undefined where nobody does
 */
function readHolder(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return { pid: 0, ppid: 0, start: '', command: '', id: 'unreadable' }; // power cut
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** @param {string} path */
function remove(path) {
  rmSync(path, { force: true });
}
