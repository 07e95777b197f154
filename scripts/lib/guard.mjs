/**
 * Ends process groups when whoever named them is gone. Reads lines: `+PID` to guard a group, `-PID`
 * to let it be. Its input ends on any death of its parent, kill -9 included; then it asks what is
 * left to end, and a while later makes it. It has a session of its own, out of reach of Ctrl-C.
 */
import { createInterface } from 'node:readline';

/** How long those left may take, in ms. */
const PATIENCE = 10_000;

/** @type {Set<number>} */
const groups = new Set();

createInterface(process.stdin)
  .on('line', (line) => {
    const pid = Number(line.slice(1));
    if (line.startsWith('+')) groups.add(pid);
    else groups.delete(pid);
  })
  .on('close', () => {
    signalAll('SIGTERM');
    const deadline = Date.now() + PATIENCE;
    const timer = setInterval(() => {
      if (Date.now() > deadline) signalAll('SIGKILL');
      else signalAll(0);
      if (groups.size === 0) clearInterval(timer);
    }, 100);
  });

/** @param {NodeJS.Signals | 0} signal */
function signalAll(signal) {
  for (const pid of groups) {
    try {
      process.kill(-pid, signal);
    } catch {
      groups.delete(pid); // gone
    }
  }
}
