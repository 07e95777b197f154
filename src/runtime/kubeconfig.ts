import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { getSystemErrorMessage } from 'node:util';
import { KubeConfig, type User } from '@kubernetes/client-node';
import { parse } from 'yaml';
import { type CredentialPlugin, pluginOf } from './credential-plugin.ts';
import { isJsonObject } from './merge-patch.ts';
import { proxyFor } from './proxy.ts';

/** A kubeconfig that cannot be used. The message is one line: where it is from, and what is wrong with it. */
export class KubeconfigError extends Error {
  override readonly name = 'KubeconfigError';
}

/** client-node says `any` of these two. */
type LooseUser = Omit<User, 'exec' | 'authProvider'> & { exec?: unknown; authProvider?: unknown };

/** Where a server is, and where the credentials for it come from. */
export interface Login {
  /** `https://host:port`, with a path where it is behind one. */
  readonly server: string;
  /** For certificates, and for what is in the file itself. */
  readonly config: KubeConfig;
  /** A file with a token; it may change at any time. */
  readonly tokenFile?: string;
  readonly plugin?: CredentialPlugin;
  /** On the way to the server. */
  readonly proxy?: URL;
}

/**
 * Reads a kubeconfig file, or where none is given what Kubernetes mounts into every pod.
 *
 * @throws KubeconfigError
 */
export async function loadKubeConfig(file: string | undefined): Promise<Login> {
  const config = new KubeConfig();
  let content: unknown;
  if (file !== undefined) content = await loadFile(config, file);
  else if (process.env['KUBERNETES_SERVICE_HOST']) config.loadFromCluster();
  else throw new KubeconfigError('no kubeconfig given, and not in a pod: KUBERNETES_SERVICE_HOST is not set');

  const wrong = (what: string) => new KubeconfigError(`${file ?? 'in-cluster credentials'}: ${what}`);
  // A file may lack the field, whatever the type of client-node says.
  const chosen: string | undefined = config.getCurrentContext();
  if (!chosen) throw wrong('it has no current-context');
  if (!config.getContextObject(chosen)) {
    const names = config.getContexts().map(({ name }) => name);
    throw wrong(`no context ${JSON.stringify(chosen)}; there are: ${names.join(', ') || 'none'}`);
  }
  const cluster = config.getCurrentCluster();
  const user: LooseUser | null = config.getCurrentUser();
  if (!cluster || !user) throw wrong(`context ${chosen} lacks its cluster or user`);
  const { proxyUrl, ...direct } = cluster;
  const proxy = attempt(() => proxyFor(cluster.server, proxyUrl, process.env), wrong);
  const folder = dirname(file ?? '');
  const plugin = user.exec ? pluginOf(user.exec, folder) : undefined;
  if (typeof plugin === 'string') throw wrong(`exec of user ${user.name}: ${plugin}`);
  const tokenFile =
    file === undefined ? inClusterTokenFile(user.authProvider) : tokenFileIn(content, user.name, folder);
  config.clusters = config.clusters.map((each) => (each === cluster ? direct : each));
  // client-node would keep what these say for as long as it sees fit, though the server refuses it.
  const rest = { ...user, exec: undefined, ...(tokenFile !== undefined && { authProvider: undefined }) };
  config.users = config.users.map((each) => (each === user ? rest : each));
  return {
    server: cluster.server,
    config,
    ...(tokenFile !== undefined && { tokenFile }),
    ...(plugin !== undefined && { plugin }),
    ...(proxy && { proxy }),
  };
}

function attempt<T>(work: () => T, wrong: (what: string) => KubeconfigError): T {
  try {
    return work();
  } catch (error) {
    throw wrong(error instanceof Error ? error.message : String(error));
  }
}

async function loadFile(config: KubeConfig, file: string): Promise<unknown> {
  try {
    config.loadFromFile(file);
    return parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new KubeconfigError(`${file}: ${problemOf(error)}`, { cause: error });
  }
}

/** `tokenFile` is a field of kubectl's that client-node passes over. */
function tokenFileIn(content: unknown, name: string, folder: string): string | undefined {
  const users: unknown[] = isJsonObject(content) && Array.isArray(content['users']) ? content['users'] : [];
  const entry = users.filter(isJsonObject).find((each) => each['name'] === name)?.['user'];
  const tokenFile = isJsonObject(entry) ? entry['tokenFile'] : undefined;
  return typeof tokenFile === 'string' ? resolve(folder, tokenFile) : undefined;
}

/** Where client-node says that Kubernetes mounts it. */
function inClusterTokenFile(authProvider: unknown): string | undefined {
  const config = isJsonObject(authProvider) ? authProvider['config'] : undefined;
  const tokenFile = isJsonObject(config) ? config['tokenFile'] : undefined;
  return typeof tokenFile === 'string' ? tokenFile : undefined;
}

/** In one line: parsers of YAML show the place in lines of its own, and what is in it may be secret. */
function problemOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('errno' in error && typeof error.errno === 'number') return getSystemErrorMessage(error.errno);
  return `not a kubeconfig: ${error.message.replace(/:?\n[^]*/, '')}`;
}
