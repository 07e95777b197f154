import { spawn } from 'node:child_process';

/** What a program that has ended left behind. `code` is null where a signal ended it. */
export interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a program to its end. Rejects only where it could not be started. */
export function runProgram(
  program: string,
  args: readonly string[],
  { input = '', env = process.env }: { input?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env });
    const finished: Finished = { code: null, stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => void (finished.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => void (finished.stderr += text));
    child.stdin.on('error', () => {}); // a program may end without reading all of its input
    child.on('error', reject);
    child.on('close', (code) => resolve({ ...finished, code }));
    child.stdin.end(input);
  });
}
