import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

/**
 * The programs that targets and set-up run. Each leads a process group of its own and has a pipe as
 * standard input, whose end tells it that we are gone. Signals go to the leader alone, which may
 * end its own children in good order; what is left of the group when it has ended is killed. A
 * guard, one for all of them, does the same when we ourselves are killed.
 *
 * @typedef {import('node:child_process').ChildProcess} ChildProcess
 */

/** How long a child may take to end when asked to, in ms. */
const PATIENCE = 20_000;

/** @type {Map<ChildProcess, Promise<unknown>>} running children and their ends */
const running = new Map();

/** @type {number | undefined} */
let exitCode;

/** @returns {number | undefined} once we are to end, the exit code for it */
export function interrupted() {
  return exitCode;
}

/**
 * Runs a program to its end.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{
 *   cwd?: string, env?: NodeJS.ProcessEnv,
 *   stdin?: NodeJS.ReadStream,
 *   onOutput?: (text: string) => void,
 * }} options `stdin` is passed on, its end included; `onOutput` gets what would go to the terminal
 * @returns {Promise<number>} its exit code, 128 + n where signal n ended it
 */
export function run(program, args, { cwd, env, stdin, onOutput } = {}) {
  if (exitCode !== undefined) return Promise.reject(new Error('interrupted'));
  const output = onOutput ? 'pipe' : 'inherit';
  const child = spawn(program, args, { cwd, env, detached: true, stdio: ['pipe', output, output] });
  child.stdin?.on('error', () => {}); // it need not read
  if (stdin && child.stdin) stdin.pipe(child.stdin);
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text) => onOutput?.(text));
  const { pid } = child;
  child.on('exit', () => killGroup(pid));
  const end = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
  if (pid === undefined) return end;
  running.set(child, end);
  tellGuard(`+${pid}`);
  return end.finally(() => {
    running.delete(child);
    tellGuard(`-${pid}`);
  });
}

/** Asks all children to end, makes them end if they take too long, and waits for it. No more can be run. */
export async function stopChildren() {
  exitCode ??= 1;
  for (const child of running.keys()) child.kill('SIGTERM');
  const timer = setTimeout(() => {
    for (const { pid } of running.keys()) killGroup(pid);
  }, PATIENCE);
  await Promise.allSettled(running.values());
  clearTimeout(timer);
}

/** @param {number | undefined} pid */
function killGroup(pid) {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // gone
  }
}

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => {
    exitCode ??= 128 + constants.signals[signal];
    if (running.size === 0) process.exit(exitCode);
    for (const child of running.keys()) child.kill(signal);
  });
}

/** @type {ChildProcess | undefined} */
let guard;

/** @param {string} line */
function tellGuard(line) {
  if (guard === undefined) {
    const script = fileURLToPath(new URL('guard.mjs', import.meta.url));
    guard = spawn(process.execPath, [script], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
    guard.stdin?.on('error', () => {});
    guard.unref();
    /** @type {import('node:net').Socket | null} */ (guard.stdin)?.unref(); // a pipe is a socket in Node
  }
  guard.stdin?.write(`${line}\n`);
}
