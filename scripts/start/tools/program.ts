import { spawn } from 'node:child_process';

/** What a program that has ended left behind. */
export interface Finished {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program to its end; the signal ends it. Rejects where it could not be started, and when
 * the signal is aborted.
 */
export function runProgram(
  program: string,
  args: readonly string[],
  { env, signal, cwd }: { env?: NodeJS.ProcessEnv; signal: AbortSignal; cwd?: string },
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'], signal });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}
