import { createSecureContext, getCACertificates } from 'node:tls';
import { isDeepStrictEqual } from 'node:util';
import { Agent, type Dispatcher, Pool, ProxyAgent } from 'undici';
import { ApiError } from './errors.ts';
import type { TlsOptions } from './http-credentials.ts';

/**
 * Connections of a pool, opened as they are needed; more calls at once wait their turn. The operator's workers, 36 in
 * a process, have one call each at a time: none waits for another's slow one. One API server answers
 * about 700 writes a second over less than half of them.
 */
export const CONNECTIONS = 40;
/** How long opening a connection may take, in milliseconds. */
const CONNECT = 10_000;
/** The same for what is urgent: no longer than a delete, or the next try would wait on what came of the packets that were dropped. */
const CONNECT_URGENT = 3_000;
/** How long an idle connection is kept, in milliseconds: less than the 90 s after which API servers close it. */
const KEEP_IDLE = 30_000;
/**
 * The same for what is urgent: long enough that a burst of deletes opens few connections, each of which
 * costs more than a delete; so short that hardly any of those that are kept can have frozen meanwhile.
 */
const KEEP_URGENT = 5_000;
/**
 * The longest answer to a call, in bytes: a page of 500 objects of ordinary size is below 10 MB, and what is longer than
 * this `pages` asks for in parts.
 */
const LONGEST_ANSWER = 64 * 1024 * 1024;

export interface Pools {
  readonly calls: Dispatcher;
  /** What takes something back, and what is done for an urgent key, waits for nothing else, whatever else is under way. */
  readonly urgent: Dispatcher;
  /** Watches last minutes; with a pool of their own they never keep a call waiting. */
  readonly watches: Dispatcher;
}

/** Connections by what they were made with: new certificates get new ones, the old ones end with their last call. */
export class ConnectionPools {
  #tls: TlsOptions = {};
  #current: Pools | undefined;
  readonly #all = new Set<Dispatcher>();
  readonly #proxy: URL | undefined;
  #destroyed = false;

  constructor(proxy: URL | undefined) {
    this.#proxy = proxy;
  }

  /** The pools for these certificates. Throws, and leaves the pools there are as they are, where no connection can be made with them. */
  get(tls: TlsOptions): Pools {
    if (this.#destroyed) throw new ApiError('Unavailable', 'the client is closed');
    if (this.#current && (tls === this.#tls || isDeepStrictEqual(tls, this.#tls))) return this.#current;
    const pools = build(tls, this.#proxy);
    for (const agent of agentsOf(pools)) this.#all.add(agent);
    for (const agent of this.#current ? agentsOf(this.#current) : []) {
      const gone = () => void this.#all.delete(agent);
      agent.close().then(gone, gone);
    }
    this.#tls = tls;
    this.#current = pools;
    return pools;
  }

  /** Breaks every connection. None is made any more. */
  async destroy(): Promise<void> {
    this.#destroyed = true;
    await Promise.all(Array.from(this.#all, (agent) => agent.destroy()));
    this.#all.clear();
  }
}

function agentsOf({ calls, urgent, watches }: Pools): Dispatcher[] {
  return [calls, urgent, watches];
}

function build(tls: TlsOptions, proxy: URL | undefined): Pools {
  const { ca, cert, key, passphrase, ...others } = tls;
  // Read once, not for each connection, which would then have them all in its own memory.
  const direct = { ...others, secureContext: createSecureContext({ ca, cert, key, passphrase }) };
  const pool = (options: Agent.Options, connectTimeout: number): Dispatcher => {
    const connect = { timeout: connectTimeout, keepAlive: true, keepAliveInitialDelay: 30_000 };
    // A frozen HTTP/2 connection hangs all that is on it, and undici does not notice for minutes.
    const common = { keepAliveTimeout: KEEP_IDLE, ...options, allowH2: false };
    // Timeouts are the client's, on its own clock, over a call as a whole.
    const unlimited = { headersTimeout: 0, bodyTimeout: 0 };
    if (!proxy) return new Agent({ ...common, ...unlimited, connect: { ...connect, ...direct } });
    return new ProxyAgent({
      ...common,
      ...unlimited,
      uri: proxy.href,
      requestTls: { ...connect, ...direct, allowH2: false },
      proxyTls: { ...connect, ...trustOf(tls) },
      proxyTunnel: true, // its other way has one connection for all
      clientFactory: (origin, given) => new Pool(origin, { ...given, headersTimeout: connectTimeout }),
    });
  };
  const calls: Agent.Options = { connections: CONNECTIONS, maxResponseSize: LONGEST_ANSWER };
  return {
    calls: pool(calls, CONNECT),
    urgent: pool({ ...calls, keepAliveTimeout: KEEP_URGENT }, CONNECT_URGENT),
    watches: pool({}, CONNECT),
  };
}

/** Whom to believe that it is the proxy. It never sees the client's own certificate. */
function trustOf({ ca, rejectUnauthorized }: TlsOptions): TlsOptions {
  return {
    ...(ca !== undefined && { ca: [...getCACertificates('default'), ...[ca].flat()] }),
    ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
  };
}
