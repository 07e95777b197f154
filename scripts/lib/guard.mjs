/**
 * Ends programs when whoever named them is gone. Reads lines: `+PID` to guard one, the leader of a
 * process group, `-PID` to let it be. Its input ends on any death of its parent, kill -9 included;
 * then it asks the leaders to end, and makes all that is left. It has a session of its own, out of
 * reach of Ctrl-C.
 */
import { createInterface } from 'node:readline';
import { readProcess } from './processes.mjs';

/** How long leaders may take to end in good order, in ms. */
const PATIENCE = 10_000;

/** @type {Set<number>} */
const leaders = new Set();

createInterface(process.stdin)
  .on('line', (line) => {
    const pid = Number(line.slice(1));
    if (line.startsWith('+')) leaders.add(pid);
    else leaders.delete(pid);
  })
  .on('close', () => {
    for (const pid of leaders) signal(pid, 'SIGTERM');
    const deadline = Date.now() + PATIENCE;
    const timer = setInterval(() => {
      for (const pid of leaders) {
        if (Date.now() < deadline && readProcess(pid) !== undefined) continue;
        signal(-pid, 'SIGKILL');
        leaders.delete(pid);
      }
      if (leaders.size === 0) clearInterval(timer);
    }, 100);
  });

/**
 * @param {number} pid
 * @param {NodeJS.Signals} name
 */
function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch {
    // gone
  }
}
