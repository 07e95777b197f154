import { readFile } from 'node:fs/promises';
import type { RequestOptions } from 'node:https';
import { dirname, resolve } from 'node:path';
import { getSystemErrorMessage } from 'node:util';
import { KubeConfig } from '@kubernetes/client-node';
import { parse } from 'yaml';
import type { Clock } from './clock.ts';
import { ApiError } from './errors.ts';
import { isJsonObject } from './merge-patch.ts';
import { within } from './waiting.ts';

/**
 * How long headers and certificates are used before they are read again, in milliseconds. Reading
 * them for each call would mean several files, and at hundreds of calls a second it would show.
 */
const FRESH = 1_000;

/** How long that may take, in milliseconds: a credential plugin may ask a server, or hang. */
const LONGEST_READ = 30_000;

/** Whom to act as, by the API server's impersonation. */
export interface Impersonation {
  user: string;
  groups: readonly string[];
}

/** What the connection itself is made with. */
export type TlsOptions = Pick<
  RequestOptions,
  'ca' | 'cert' | 'key' | 'passphrase' | 'rejectUnauthorized' | 'servername'
>;

/** What a call needs to be let in. */
export interface Access {
  headers: Readonly<Record<string, string | readonly string[]>>;
  tls: TlsOptions;
}

/** A kubeconfig that cannot be used. The message is one line: where it is from, and what is wrong with it. */
export class KubeconfigError extends Error {
  override readonly name = 'KubeconfigError';
}

/**
 * Reads a kubeconfig file, or where none is given what Kubernetes mounts into every pod.
 *
 * @throws KubeconfigError
 */
export async function loadKubeConfig(
  file: string | undefined,
  context: string | undefined,
): Promise<{ config: KubeConfig; server: string }> {
  const config = new KubeConfig();
  if (file !== undefined) await loadFile(config, file);
  else if (process.env['KUBERNETES_SERVICE_HOST']) config.loadFromCluster();
  else throw new KubeconfigError('no kubeconfig given, and not in a pod: KUBERNETES_SERVICE_HOST is not set');

  const wrong = (what: string) => new KubeconfigError(`${file ?? 'in-cluster credentials'}: ${what}`);
  // A file may lack the field, whatever the type of client-node says.
  const chosen: string | undefined = context ?? config.getCurrentContext();
  if (!chosen) throw wrong('it has no current-context');
  if (!config.getContextObject(chosen)) {
    const names = config.getContexts().map(({ name }) => name);
    throw wrong(`no context ${JSON.stringify(chosen)}; there are: ${names.join(', ') || 'none'}`);
  }
  config.setCurrentContext(chosen);
  const cluster = config.getCurrentCluster();
  if (!cluster || !config.getCurrentUser()) throw wrong(`context ${chosen} lacks its cluster or user`);
  if (cluster.proxyUrl) throw wrong('proxy-url is not supported');
  return { config, server: cluster.server };
}

/** Headers and certificates for the calls, as fresh as the files and plugins they come from. */
export class Credentials {
  readonly #config: KubeConfig;
  readonly #clock: Clock;
  readonly #impersonate: Impersonation | undefined;
  #access: Promise<Access> | undefined;
  #freshUntil = 0;

  constructor(config: KubeConfig, clock: Clock, impersonate: Impersonation | undefined) {
    this.#config = config;
    this.#clock = clock;
    this.#impersonate = impersonate;
  }

  /** Calls at the same time share one reading, and one run of a credential plugin. */
  current(): Promise<Access> {
    if (this.#access && this.#clock.monotonic() < this.#freshUntil) return this.#access;
    const access = this.#read();
    this.#access = access;
    this.#freshUntil = Number.POSITIVE_INFINITY;
    access.then(
      () => (this.#freshUntil = this.#clock.monotonic() + FRESH),
      () => this.#forget(access),
    );
    return access;
  }

  /** The server refused them: whatever the next call uses is read anew. */
  expire(): void {
    this.#access = undefined;
  }

  async #read(): Promise<Access> {
    const options: RequestOptions = {};
    let inTime: boolean;
    try {
      inTime = await within(this.#config.applyToHTTPSOptions(options), LONGEST_READ, this.#clock);
    } catch (error) {
      // What a credential plugin printed may hold secrets: no more than the kind of failure is passed on.
      const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
      throw new ApiError('Unauthorized', `credentials cannot be read${code}`);
    }
    if (!inTime) throw new ApiError('Unavailable', `no credentials within ${LONGEST_READ / 1000} s`);
    const { ca, cert, key, passphrase, rejectUnauthorized, servername, auth } = options;
    const tls = { ca, cert, key, passphrase, rejectUnauthorized, servername };
    const headers: Record<string, string | readonly string[]> = {};
    for (const [name, value] of Object.entries(options.headers ?? {}))
      headers[name.toLowerCase()] = String(value).trim();
    if (auth) headers['authorization'] = `Basic ${Buffer.from(auth).toString('base64')}`;
    if (this.#impersonate) {
      headers['impersonate-user'] = this.#impersonate.user;
      headers['impersonate-group'] = this.#impersonate.groups;
    }
    return { headers, tls: definedOf(tls) };
  }

  #forget(access: Promise<Access>): void {
    if (this.#access === access) this.#access = undefined;
  }
}

async function loadFile(config: KubeConfig, file: string): Promise<void> {
  let content: unknown;
  try {
    config.loadFromFile(file);
    content = parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new KubeconfigError(`${file}: ${problemOf(error)}`, { cause: error });
  }
  const users = isJsonObject(content) && Array.isArray(content['users']) ? content['users'] : [];
  // `tokenFile` is a field of kubectl's that client-node passes over, though it can read such files.
  for (const entry of users) {
    if (!isJsonObject(entry) || !isJsonObject(entry['user'])) continue;
    const { tokenFile } = entry['user'];
    const user = config.getUsers().find(({ name }) => name === entry['name']);
    if (!user || typeof tokenFile !== 'string') continue;
    const authProvider = { name: 'tokenFile', config: { tokenFile: resolve(dirname(file), tokenFile) } };
    config.users = config.users.map((each) => (each === user ? { ...user, authProvider } : each));
  }
}

/** In one line: parsers of YAML show the place in lines of its own, and what is in it may be secret. */
function problemOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('errno' in error && typeof error.errno === 'number') return getSystemErrorMessage(error.errno);
  return `not a kubeconfig: ${error.message.replace(/:?\n[^]*/, '')}`;
}

function definedOf(options: { [Key in keyof TlsOptions]: TlsOptions[Key] | undefined }): TlsOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
