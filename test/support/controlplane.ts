import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launch } from './launch.ts';
import { runProgram } from './run-program.ts';

/** The one line that the control plane prints. */
export const READY = /^ready https:\/\/127\.0\.0\.1:([0-9]+) kubeconfig (.+)$/;

/** A running control plane: etcd, API server and controller manager on loopback, ready for use. */
export interface ControlPlane extends AsyncDisposable {
  /** File that makes its holder cluster-admin (`system:masters`). */
  readonly kubeconfig: string;
  /** `logs/` in here has one log per program, and `audit.log`. */
  readonly dataDir: string;
  readonly port: number;
  /** The process that the other three are children of. */
  readonly pid: number;
  /** Path of a kubeconfig whose holder is this user, in these groups (and system:authenticated). */
  readonly user: (name: string, groups?: readonly string[]) => Promise<string>;
  /**
   * Ends everything in order; rejects if it did not end well. A data folder that was given is
   * kept, for another start; one that was made is removed. Also what `await using` calls.
   */
  readonly stop: () => Promise<void>;
  /** kill -9: the API server is gone at once, the data stays. Start again on the same `dataDir`. */
  readonly kill: () => Promise<void>;
}

/**
 * Starts a control plane of one's own and waits until it is ready (about 4 s). For tests that stop
 * the API server, or change what all of a cluster shares; others use `sharedControlPlane`.
 *
 * @param options `dataDir` to start again on what an earlier one kept (same port, users, objects).
 *
 * @example
 * await using cluster = await startControlPlane();
 * await kubectlOk(['create', 'namespace', 'payments'], cluster);
 */
export async function startControlPlane(options: { dataDir?: string; port?: number } = {}): Promise<ControlPlane> {
  const program = controlPlaneProgram();
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'daypass-test-')));
  const args = ['up', '--data-dir', dataDir, ...(options.port === undefined ? [] : ['--port', `${options.port}`])];
  const { child, pid, exited, line } = await launch(program, args); // it ends when its stdin does: with us
  const removeOwn = async (): Promise<void> => {
    if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
  };
  const [, port, kubeconfig = ''] = await line(READY).catch(async (error: unknown) => {
    await removeOwn();
    throw error;
  });

  async function stop(): Promise<void> {
    child.kill('SIGTERM');
    const { code, stderr } = await exited;
    await removeOwn();
    if (code !== 0 && child.signalCode !== 'SIGKILL') {
      throw new Error(`The control plane ended with ${code ?? child.signalCode}: ${stderr}`);
    }
  }
  return {
    kubeconfig,
    dataDir,
    port: Number(port),
    pid,
    user: (name, groups) => userKubeconfig(dataDir, name, groups),
    stop,
    [Symbol.asyncDispose]: stop,
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** Path of a new kubeconfig for this user of the control plane that keeps its data in `dataDir`. */
export async function userKubeconfig(dataDir: string, name: string, groups: readonly string[] = []): Promise<string> {
  const flags = groups.flatMap((group) => ['--group', group]);
  const { code, stdout, stderr } = await runProgram(controlPlaneProgram(), [
    'user',
    name,
    ...flags,
    '--data-dir',
    dataDir,
  ]);
  if (code !== 0) throw new Error(`No kubeconfig for user ${name}: ${stderr}`);
  return stdout.trimEnd();
}

/** The program that scripts/run.mjs builds and names in DAYPASS_CONTROLPLANE. */
export function controlPlaneProgram(): string {
  const program = process.env['DAYPASS_CONTROLPLANE'];
  if (!program) throw new Error('DAYPASS_CONTROLPLANE names no control plane program: `npm test` builds and sets it.');
  return program;
}
