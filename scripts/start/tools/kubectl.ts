import { shellWord } from './text.ts';
import { type Finished, runProgram } from './program.ts';

/** The kubectl on PATH, as one identity. */
export interface Kubectl {
  /** How to type a command: `kubectl …`. */
  typed(args: readonly string[]): string;
  run(args: readonly string[]): Promise<Finished>;
}

/** Whether there is a kubectl to type with. */
export async function hasKubectl(signal: AbortSignal): Promise<boolean> {
  try {
    return (await runProgram('kubectl', ['version', '--client'], { signal })).code === 0;
  } catch {
    signal.throwIfAborted();
    return false;
  }
}

/**
 * A kubectl that is who `kubeconfig` and `flags` make it. `cache` is a folder for what it learns of
 * the API: its usual one goes by address, and another control plane may have had the same.
 */
export function kubectlAs(
  { kubeconfig, flags }: { kubeconfig: string; flags: readonly string[] },
  { cache, root, signal }: { cache: string; root: string; signal: AbortSignal },
): Kubectl {
  const env = { ...process.env, KUBECONFIG: kubeconfig, KUBECACHEDIR: cache };
  return {
    typed: (args) => ['kubectl', ...flags, ...args].map(shellWord).join(' '),
    run: (args) => runProgram('kubectl', [...flags, ...args], { env, signal, cwd: root }),
  };
}
