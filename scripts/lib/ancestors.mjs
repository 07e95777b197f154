import { stopChildren } from './children.mjs';
import { isAlive, readProcess } from './processes.mjs';
import { say } from './say.mjs';

/** @typedef {import('./processes.mjs').Process} Process */

/** How often to look, in ms. */
const INTERVAL = 500;

/**
 * Those whose death must be ours: up to and including npm where npm started us, since kill -9 of
 * npm leaves the shell between us alive; else our parent.
 *
 * @param {number} parent
 * @param {boolean} underNpm
 * @param {(pid: number) => Process | undefined} read
 * @returns {Process[]}
 */
export function watched(parent, underNpm, read = readProcess) {
  /** @type {Process[]} */
  const chain = [];
  for (let pid = parent; pid > 1; ) {
    const ancestor = read(pid);
    if (ancestor === undefined) break;
    chain.push(ancestor);
    if (underNpm && isPackageManager(ancestor.command)) return chain;
    pid = ancestor.ppid;
  }
  return chain.slice(0, 1);
}

/**
 * npm gives its process the title `npm run start`; before that, and elsewhere, it is a script that
 * node runs.
 *
 * @param {string} command
 */
function isPackageManager(command) {
  return /^(\S*\/)?(node |bun )?(\S*\/)?(npm|npx|pnpm|yarn|bun)(-cli)?(\.c?js)?( |$)/.test(command);
}

/** Ends this process and all it started once one of {@link watched} is gone. */
export function stopWithAncestors() {
  const parent = process.ppid;
  const chain = watched(parent, process.env['npm_execpath'] !== undefined);
  const timer = setInterval(() => {
    if (process.ppid === parent && chain.every(isAlive)) return;
    clearInterval(timer);
    say('What started this is gone; stopping.');
    void stopChildren().then(() => process.exit(1));
  }, INTERVAL);
  timer.unref();
}

// Writing to a terminal or pipe that went away with its owner must not keep us from ending well.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
