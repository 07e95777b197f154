import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { kubectlEnv } from '../support/kubectl.ts';
import { familyOf } from '../support/processes.ts';

/** The checkout. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** `npm start` at work, without the setting up before it. */
export interface Telling {
  /** Resolves to all that was printed so far once `text` is in it; rejects if it ends without. */
  said(text: string): Promise<string>;
  /** What a terminal does at Ctrl-C. */
  interrupt(): void;
  /** What it comes to when whoever started it is gone. */
  letGo(): void;
  kill(): void;
  /** The process id of the program that it runs with these arguments. */
  childRunning(what: string): number;
  /** Resolves when it has ended. */
  readonly ended: Promise<{ code: number | null; output: string }>;
}

/** Starts it, in a checkout of one's own where `from` says so, and with kubectl on PATH unless that is given. */
export function tell(args: readonly string[], { path, from = root }: { path?: string; from?: string } = {}): Telling {
  const env = path === undefined ? kubectlEnv() : { ...process.env, PATH: path };
  const child = spawn(process.execPath, [join(from, 'scripts/start/main.ts'), ...args], { env });
  let output = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      for (const listener of listeners) listener();
    });
  }
  const ended = new Promise<{ code: number | null; output: string }>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
  return {
    said: (text) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (output.includes(text)) resolve(output);
        };
        listeners.add(look);
        look();
        void ended.then(() => reject(new Error(`never said ${JSON.stringify(text)}:\n${output}`)));
      }),
    interrupt: () => void child.kill('SIGINT'),
    letGo: () => void child.stdin.end(),
    kill: () => void child.kill('SIGKILL'),
    childRunning(what) {
      const found = familyOf(Number(child.pid)).find(
        ({ command, ppid }) => command.includes(what) && ppid === child.pid,
      );
      if (found === undefined) throw new Error(`nothing runs with ${what}`);
      return found.pid;
    },
    ended,
  };
}

/** The folder that it keeps its files in, by what it printed. */
export function folderIn(output: string): string {
  const folder = /its log: (.+)\/operator\.log/.exec(output)?.[1];
  if (folder === undefined) throw new Error(`no log file in:\n${output}`);
  return folder;
}
