import { delimiter, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { controlPlaneProgram } from './controlplane.ts';
import { type Finished, runProgram } from './run-program.ts';

const BIN = fileURLToPath(new URL('bin', import.meta.url));

/**
 * The environment in which `kubectl` is the one in the control plane program: of its version,
 * whether or not PATH has another, and without the defaults and aliases of whoever runs the tests.
 */
export function kubectlEnv(): NodeJS.ProcessEnv {
  const path = [BIN, process.env['PATH']].join(delimiter);
  return { ...process.env, DAYPASS_CONTROLPLANE: resolve(controlPlaneProgram()), KUBERC: 'off', PATH: path };
}

/**
 * Runs kubectl as the user that `kubeconfig` makes it, to its end. A refusal is not an exception:
 * look at `code` and `stderr`. For what has to work, {@link kubectlOk}.
 *
 * @example
 * const { code, stderr } = await kubectl(['create', '-f', '-'], { kubeconfig, input: yaml });
 */
export function kubectl(
  args: readonly string[],
  { kubeconfig, input = '' }: { kubeconfig: string; input?: string },
): Promise<Finished> {
  // A cache of its own: the default one goes by address, and other control planes had this port before.
  const where = [`--kubeconfig=${kubeconfig}`, `--cache-dir=${kubeconfig}.cache`];
  return runProgram('kubectl', [...where, ...args], { input, env: kubectlEnv() });
}

/** {@link kubectl} for calls that have to succeed: resolves to stdout, rejects with stderr. */
export async function kubectlOk(
  args: readonly string[],
  options: { kubeconfig: string; input?: string },
): Promise<string> {
  const { code, stdout, stderr } = await kubectl(args, options);
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')} exited with ${code}: ${stderr}`);
  return stdout;
}
