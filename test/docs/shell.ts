import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kubectlEnv } from '../support/kubectl.ts';
import { type Finished, runProgram } from '../support/run-program.ts';
import { ROOT } from './page.ts';

/** A folder for what readers of the docs would have in theirs. */
export interface Folder extends AsyncDisposable {
  readonly path: string;
}

export async function newFolder(): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), 'daypass-docs-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/**
 * Runs commands as they stand in the docs, in a shell that stops at the first that fails, as whom
 * `kubeconfig` makes them. Rejects where they fail.
 */
export async function runScript(script: string, kubeconfig: string, folder: string = ROOT): Promise<string> {
  const { code, stdout, stderr } = await tryScript(script, kubeconfig, folder);
  if (code !== 0) throw new Error(`exited with ${code}: ${stderr}\n${script}`);
  return stdout;
}

/** {@link runScript} for commands that are to fail. */
export function tryScript(script: string, kubeconfig: string, folder: string = ROOT): Promise<Finished> {
  // A cache of its own: the default one goes by address, and other control planes had this port before.
  const env = { ...kubectlEnv(), KUBECONFIG: kubeconfig, KUBECACHEDIR: `${kubeconfig}.cache` };
  return runProgram('sh', ['-euc', `cd "$0"\n${script}`, folder], { env });
}
