import { isDeepStrictEqual } from 'node:util';
import { Agent } from 'undici';
import type { TlsOptions } from './http-credentials.ts';

/**
 * Connections of a pool, opened as they are needed; more calls at once wait their turn. More than
 * the workers of a process, so that none waits for another's slow call. One API server answers
 * about 700 writes a second over half of them.
 */
const CONNECTIONS = 32;
/**
 * How long opening a connection for deletes may take, in milliseconds: no longer than a delete, or
 * the next try would wait on what came of the packets that were dropped. Others have undici's 10 s.
 */
const CONNECT_FOR_DELETE = 3_000;
/** How long an idle connection is kept, in milliseconds: less than the 90 s after which API servers close it. */
const KEEP_IDLE = 30_000;
/** The longest answer to a call, in bytes: a page of 500 objects of ordinary size is below 10 MB. */
const LONGEST_ANSWER = 64 * 1024 * 1024;

export interface Pools {
  readonly calls: Agent;
  /** What takes something back waits for nothing else, whatever else is under way. */
  readonly deletes: Agent;
  /** Watches last minutes; with a pool of their own they never keep a call waiting. */
  readonly watches: Agent;
}

/** Connections by what they were made with: new certificates get new ones, the old ones end with their last call. */
export class ConnectionPools {
  #tls: TlsOptions = {};
  #current: Pools | undefined;
  readonly #all = new Set<Agent>();

  /** The pools for these certificates. */
  get(tls: TlsOptions): Pools {
    if (this.#current && (tls === this.#tls || isDeepStrictEqual(tls, this.#tls))) return this.#current;
    if (this.#current) {
      for (const agent of agentsOf(this.#current)) {
        const gone = () => void this.#all.delete(agent);
        agent.close().then(gone, gone);
      }
    }
    this.#tls = tls;
    this.#current = build(tls);
    for (const agent of agentsOf(this.#current)) this.#all.add(agent);
    return this.#current;
  }

  /** Breaks every connection. */
  async destroy(): Promise<void> {
    await Promise.all(Array.from(this.#all, (agent) => agent.destroy()));
    this.#all.clear();
    this.#current = undefined;
  }
}

function agentsOf({ calls, deletes, watches }: Pools): Agent[] {
  return [calls, deletes, watches];
}

function build(tls: TlsOptions): Pools {
  const connect = { ...tls, keepAlive: true, keepAliveInitialDelay: 30_000 };
  const common: Agent.Options = {
    // A frozen HTTP/2 connection hangs all that is on it, and undici does not notice for minutes.
    allowH2: false,
    // Timeouts are the client's, on its own clock, over a call as a whole.
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: KEEP_IDLE,
    connect,
  };
  const forCalls: Agent.Options = { ...common, connections: CONNECTIONS, maxResponseSize: LONGEST_ANSWER };
  return {
    calls: new Agent(forCalls),
    deletes: new Agent({ ...forCalls, connect: { ...connect, timeout: CONNECT_FOR_DELETE } }),
    watches: new Agent(common),
  };
}
