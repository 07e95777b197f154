import { spawn } from 'node:child_process';
import { resolve as resolvePath } from 'node:path';
import { z } from 'zod';

/** A program that hands out credentials: `exec` in a kubeconfig. */
export interface CredentialPlugin {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Of the ExecCredential that it is to print. */
  readonly apiVersion: string;
}

/** What it printed. */
export interface PluginCredential {
  readonly token?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** Until when it is good, in milliseconds since 1970; Infinity where nothing says. */
  readonly expires: number;
}

/** Why a plugin gave no credential, with no word of what it printed, which may hold secrets. */
export class CredentialPluginError extends Error {
  override readonly name = 'CredentialPluginError';
}

/** No credential is longer, in characters. */
const LONGEST = 1024 * 1024;

const Exec = z.object({
  apiVersion: z.enum(['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1']),
  command: z.string().min(1),
  args: z.array(z.string()).nullish(),
  env: z.array(z.object({ name: z.string(), value: z.string() })).nullish(),
  interactiveMode: z.enum(['Never', 'IfAvailable']).nullish(),
  provideClusterInfo: z.literal(false).nullish(),
});

/** https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins */
const Credential = z.object({
  apiVersion: z.string(),
  kind: z.literal('ExecCredential'),
  status: z
    .object({
      token: z.string().min(1).optional(),
      clientCertificateData: z.string().min(1).optional(),
      clientKeyData: z.string().min(1).optional(),
      expirationTimestamp: z.iso.datetime({ offset: true }).optional(),
    })
    .refine(
      ({ clientCertificateData, clientKeyData }) =>
        (clientCertificateData === undefined) === (clientKeyData === undefined),
    )
    .refine(({ token, clientCertificateData }) => token !== undefined || clientCertificateData !== undefined),
});

/** The plugin that `exec` in a kubeconfig in `folder` describes, or what is wrong with it. */
export function pluginOf(exec: unknown, folder: string): CredentialPlugin | string {
  const { data, error } = Exec.safeParse(exec);
  if (!data) return error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
  const { apiVersion, command, args, env } = data;
  return {
    apiVersion,
    // As kubectl: a name is looked up in PATH, a path is from the kubeconfig.
    command: command.includes('/') ? resolvePath(folder, command) : command,
    args: args ?? [],
    env: Object.fromEntries((env ?? []).map(({ name, value }) => [name, value])),
  };
}

/**
 * Runs the plugin, without a terminal to ask anybody. Killed once `signal` is aborted, with all that it started.
 * @throws CredentialPluginError
 */
export function runPlugin(
  { command, args, env, apiVersion }: CredentialPlugin,
  signal: AbortSignal,
): Promise<PluginCredential> {
  const info = { apiVersion, kind: 'ExecCredential', spec: { interactive: false } };
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env: { ...process.env, ...env, KUBERNETES_EXEC_INFO: JSON.stringify(info) },
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true, // a process group of its own
    });
    let killed: string | undefined;
    const kill = (why: string): void => {
      killed ??= why;
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // All of the group have ended.
      }
      child.stdout.destroy(); // what has left the group may hold it open
    };
    const giveUp = (): void => kill('it took too long');
    signal.addEventListener('abort', giveUp);
    const end = (why: string | undefined, credential?: PluginCredential): void => {
      signal.removeEventListener('abort', giveUp);
      if (credential) resolve(credential);
      else reject(new CredentialPluginError(`credential plugin: ${why}`));
    };
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
      if (printed.length > LONGEST) kill('it prints too much');
    });
    child.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? 'it cannot be run'));
    child.on('close', (code) => {
      if (killed !== undefined || code !== 0) end(killed ?? `exit code ${code ?? 'none'}`);
      else end(`no ExecCredential of ${apiVersion} printed`, credentialIn(printed, apiVersion));
    });
  });
}

function credentialIn(printed: string, apiVersion: string): PluginCredential | undefined {
  const { data } = Credential.safeParse(jsonIn(printed));
  if (data?.apiVersion !== apiVersion) return undefined;
  const { token, clientCertificateData: cert, clientKeyData: key, expirationTimestamp } = data.status;
  const expires = expirationTimestamp === undefined ? Number.POSITIVE_INFINITY : Date.parse(expirationTimestamp);
  return { token, cert, key, expires };
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
