import { readFile } from 'node:fs/promises';
import type { RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import type { Clock } from './clock.ts';
import { CredentialPluginError } from './credential-plugin.ts';
import { ApiError } from './errors.ts';
import type { Login } from './kubeconfig.ts';
import { PluginCredentials } from './plugin-credentials.ts';
import { within } from './waiting.ts';

/**
 * How long headers and certificates are used before they are read again, in milliseconds; for so
 * long it also holds that they cannot be read. Reading them for each call would mean several files,
 * and at hundreds of calls a second it would show.
 */
const FRESH = 1_000;

/** How long that may take, in milliseconds, where client-node asks a server for them. */
const LONGEST_READ = 30_000;

/**
 * What a header may hold (RFC 9110, 5.5). Undici's pools take a call with anything else for a sign that the connection
 * is busy, and in the end all of them for busy, for ever.
 */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

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
export interface Authentication {
  headers: Readonly<Record<string, string | readonly string[]>>;
  tls: TlsOptions;
}

/** Headers and certificates for the calls, as fresh as the files and plugins they come from. */
export class Credentials {
  readonly #config: KubeConfig;
  readonly #tokenFile: string | undefined;
  readonly #plugin: PluginCredentials | undefined;
  readonly #clock: Clock;
  readonly #impersonate: Impersonation | undefined;
  #authentication: Promise<Authentication> | undefined;
  /** What `#authentication` came to last. */
  #latest: Authentication | undefined;
  #freshUntil = 0;

  constructor(
    { config, tokenFile, plugin }: Pick<Login, 'config' | 'tokenFile' | 'plugin'>,
    clock: Clock,
    impersonate: Impersonation | undefined,
  ) {
    this.#config = config;
    this.#tokenFile = tokenFile;
    this.#plugin = plugin && new PluginCredentials(plugin, clock);
    this.#clock = clock;
    this.#impersonate = impersonate;
  }

  /** Calls at the same time share one reading, and so do those of the second that follows. */
  current(): Promise<Authentication> {
    if (this.#authentication && this.#clock.monotonic() < this.#freshUntil) return this.#authentication;
    const authentication = this.#read();
    this.#authentication = authentication;
    this.#freshUntil = Number.POSITIVE_INFINITY;
    const age = () => (this.#freshUntil = this.#clock.monotonic() + FRESH);
    authentication.then(age, age);
    return authentication;
  }

  /** The server refused these. What comes from a plugin is asked for anew, once for all calls that went out with it. */
  refused(authentication: Authentication): void {
    if (authentication === this.#latest) this.#plugin?.forget();
  }

  /** Ends a plugin that is still running. */
  close(): void {
    this.#plugin?.close();
  }

  async #read(): Promise<Authentication> {
    const options: RequestOptions = {};
    const [token, credential, inTime] = await this.#sources(options);
    if (!inTime) throw new ApiError('Unavailable', `no credentials within ${LONGEST_READ / 1000} s`);
    const { ca, passphrase, rejectUnauthorized, servername, auth } = options;
    const { cert, key } = credential?.cert === undefined ? options : credential;
    const tls = { ca, cert, key, passphrase, rejectUnauthorized, servername };
    const headers: Record<string, string | readonly string[]> = {};
    for (const [name, value] of Object.entries(options.headers ?? {}))
      headers[name.toLowerCase()] = String(value).trim();
    if (auth) headers['authorization'] = `Basic ${Buffer.from(auth).toString('base64')}`;
    const bearer = token ?? credential?.token;
    if (bearer !== undefined) headers['authorization'] = `Bearer ${bearer}`;
    if (this.#impersonate) {
      headers['impersonate-user'] = this.#impersonate.user;
      headers['impersonate-group'] = this.#impersonate.groups;
    }
    this.#check(headers);
    this.#latest = { headers, tls: definedOf(tls) };
    return this.#latest;
  }

  /** Refuses, without a word of what they hold, headers that cannot be sent; a plugin that gave them is asked anew. */
  #check(headers: Authentication['headers']): void {
    for (const [name, value] of Object.entries(headers)) {
      if ([value].flat().every((each) => HEADER_VALUE.test(each))) continue;
      this.#plugin?.forget();
      throw new ApiError('Unauthorized', `credentials cannot be read: the header ${name} cannot hold them`);
    }
  }

  /** Fills in what client-node knows; returns the rest, and whether it all came in time. */
  async #sources(options: RequestOptions) {
    try {
      return await Promise.all([
        this.#tokenFile === undefined ? undefined : readToken(this.#tokenFile),
        this.#plugin?.current(),
        within(this.#config.applyToHTTPSOptions(options), LONGEST_READ, this.#clock),
      ]);
    } catch (error) {
      // No more than the kind of failure is passed on: the rest may hold secrets.
      const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
      const why = error instanceof CredentialPluginError ? `: ${error.message}` : code;
      throw new ApiError('Unauthorized', `credentials cannot be read${why}`);
    }
  }
}

/** Without the line end that editors leave. */
async function readToken(file: string): Promise<string> {
  return (await readFile(file, 'utf8')).trim();
}

function definedOf(options: { [Key in keyof TlsOptions]: TlsOptions[Key] | undefined }): TlsOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
