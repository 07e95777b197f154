import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { OPERATOR_NAME, OPERATOR_NAMESPACE } from '../../src/api/names.ts';
import type { HttpClient } from '../../src/runtime/http-client.ts';
import { LEASES } from '../../src/runtime/lease.ts';
import type { ControlPlane } from './controlplane.ts';
import { kubectlOk } from './kubectl.ts';
import { launch } from './launch.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

const LogLine = z.looseObject({ level: z.enum(['debug', 'info', 'warn', 'error', 'fatal']), msg: z.string() });
export type LogLine = z.infer<typeof LogLine>;

/** How an operator's process ended, and all that it said until then. */
export interface Ended {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly log: readonly LogLine[];
  /** What Node itself says of exceptions and rejections that nobody handled comes here. */
  readonly stderr: string;
}

/** The operator as a process of its own. */
export interface OperatorProcess extends AsyncDisposable {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  /** Asks for `/healthz` or the like, as soon as it listens. */
  readonly ask: (path: string) => Promise<{ code: number; text: string }>;
  /** Resolves once `/readyz` says ok. Rejects if the process ends before, or after a minute. */
  readonly ready: () => Promise<void>;
  /** SIGTERM. */
  readonly stop: () => Promise<Ended>;
  /** kill -9. */
  readonly kill: () => Promise<Ended>;
}

/** The command line of Daypass, from its sources: `node` is the program. */
export function daypassArgs(...args: readonly string[]): string[] {
  return [MAIN, ...args];
}

/** Starts an operator and resolves once the process is there; it is not ready yet. */
export function startOperator(kubeconfig: string, ...flags: readonly string[]): Promise<OperatorProcess> {
  return launchOperator(daypassArgs('operator', '--kubeconfig', kubeconfig, ...flags));
}

/** {@link startOperator} by the whole command line of Node. */
export async function launchOperator(args: readonly string[], env = process.env): Promise<OperatorProcess> {
  const { child, pid, exited, line } = await launch(process.execPath, args, { env });
  const ended = exited.then(({ code, stdout, stderr }) => ({ code, log: readLog(stdout), stderr }));
  const port = line(/"port":([0-9]+),"msg":"listening"/).then(([, found]) => Number(found));
  port.catch(() => undefined); // whoever asks hears of it

  async function ask(path: string): Promise<{ code: number; text: string }> {
    const answer = await fetch(`http://127.0.0.1:${await port}${path}`);
    return { code: answer.status, text: await answer.text() };
  }
  async function ready(): Promise<void> {
    const late = AbortSignal.timeout(60_000);
    for (let answer = await ask('/readyz'); answer.code !== 200; answer = await ask('/readyz')) {
      if (late.aborted) throw new Error(`The operator is not ready after a minute: ${answer.text}`);
      await pause(20);
    }
  }
  function end(signal: NodeJS.Signals): Promise<Ended> {
    child.kill(signal);
    return ended;
  }
  return {
    pid,
    ended,
    ask,
    ready,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    [Symbol.asyncDispose]: async () => void (await end('SIGKILL')),
  };
}

/**
 * Gives up the Lease of a leader that is dead for certain. The next one would wait ten seconds to
 * be sure of that.
 */
export async function freeLease(admin: HttpClient): Promise<void> {
  const name = { namespace: OPERATOR_NAMESPACE, name: OPERATOR_NAME };
  await admin.patch(LEASES, name, { spec: { holderIdentity: null } });
}

/**
 * What a log holds, line by line; a last line that a kill cut short is left out.
 * @throws if a line is not JSON with a level and a message
 */
export function readLog(stdout: string): LogLine[] {
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => LogLine.parse(JSON.parse(line)));
}

/** The lines at level error. */
export function errorsIn(log: readonly LogLine[]): LogLine[] {
  return log.filter(({ level }) => level === 'error' || level === 'fatal');
}

/**
 * Path of a new kubeconfig for a service account of Daypass's own: a token, and exactly the shipped
 * rights. `suffix` keeps apart what two of them are for.
 */
export async function daypassKubeconfig(
  { kubeconfig }: Pick<ControlPlane, 'kubeconfig'>,
  serviceAccount: string,
  suffix = serviceAccount,
): Promise<string> {
  const token = await kubectlOk(
    ['create', 'token', serviceAccount, `--namespace=${OPERATOR_NAMESPACE}`, '--duration=1h'],
    { kubeconfig },
  );
  const admin = z.looseObject({ users: z.tuple([z.looseObject({})]) }).parse(parse(await readFile(kubeconfig, 'utf8')));
  const [user] = admin.users;
  const path = `${kubeconfig}.${suffix}`;
  await writeFile(path, stringify({ ...admin, users: [{ ...user, user: { token: token.trim() } }] }), { mode: 0o600 });
  return path;
}
