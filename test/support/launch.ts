import { type ChildProcess, spawn } from 'node:child_process';
import type { Finished } from './run-program.ts';

/** A program that goes on running. */
export interface Launched {
  readonly child: ChildProcess;
  readonly pid: number;
  /** Resolves with how it ended, and all that it said, once it has. */
  readonly exited: Promise<Finished>;
  /** Resolves with the first line it says that matches; rejects if it ends without one. */
  readonly line: (pattern: RegExp, on?: 'stdout' | 'stderr') => Promise<RegExpExecArray>;
}

/**
 * Starts a program that does not end by itself. Its standard input is a pipe that we hold; with
 * `ignore` it has none, as at a terminal where nothing is typed.
 */
export async function launch(
  program: string,
  args: readonly string[],
  { env = process.env, stdin = 'pipe' }: { env?: NodeJS.ProcessEnv; stdin?: 'pipe' | 'ignore' } = {},
): Promise<Launched> {
  const child = spawn(program, args, { env, stdio: [stdin, 'pipe', 'pipe'] });
  const said: Finished = { code: null, stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => void (said.stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => void (said.stderr += text));
  const exited = new Promise<Finished>((resolve) => child.on('close', (code) => resolve({ ...said, code })));
  const pid = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('spawn', () => resolve(Number(child.pid)));
  });

  function line(pattern: RegExp, on: 'stdout' | 'stderr' = 'stdout'): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        for (const text of said[on].split('\n').slice(0, -1)) {
          const match = pattern.exec(text);
          if (match) resolve(match);
        }
      };
      child[on]?.on('data', look);
      look();
      void exited.then(({ code, stderr }) => reject(new Error(`${program} ended with ${code}: ${stderr}`)));
    });
  }
  return { child, pid, exited, line };
}
