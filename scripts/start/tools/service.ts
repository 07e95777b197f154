import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { createInterface } from 'node:readline';

/** How long one may take to end when asked to, in milliseconds. */
const PATIENCE = 10_000;

/** A program that runs until it is stopped. */
export interface Service {
  /** Its standard output, line by line. */
  onLine(listener: (line: string) => void): void;
  /** Resolves when it has ended, to how it did: completes a sentence that begins with its name. */
  readonly ended: Promise<string>;
  /** What it last wrote to standard error. */
  lastWords(): string;
  /** Asks it to end, makes it end where it takes too long, and waits for it. */
  stop(): Promise<void>;
}

/**
 * Starts a program that ends with its standard input, and so with us on any death of ours. It has
 * a process group of its own: a Ctrl-C, which goes to the whole group, must not take from us what
 * is needed for cleaning up.
 */
export function startService(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Service {
  const child = spawn(program, args, { env, stdio: 'pipe', detached: true });
  child.stdin.on('error', () => {}); // it may end before we do
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (words = (words + text).slice(-4096)));
  const ended = new Promise<string>((resolve) => {
    child.on('error', ({ message }) => resolve(`could not be started: ${message}`));
    child.on('close', (code, signal) => resolve(signal ? `was ended by ${signal}` : `ended with exit code ${code}`));
  });
  const lines = createInterface(child.stdout);
  return {
    onLine: (listener) => void lines.on('line', listener),
    ended,
    lastWords: () => words.trimEnd(),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      const late = new AbortController();
      const timer = pause(PATIENCE, undefined, { signal: late.signal }).then(
        () => child.kill('SIGKILL'),
        () => undefined,
      );
      await exit;
      late.abort();
      await timer;
    },
  };
}
