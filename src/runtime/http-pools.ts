import { isDeepStrictEqual } from 'node:util';
import { Agent } from 'undici';
import type { TlsOptions } from './http-credentials.ts';

/** Calls at once; more wait their turn. One API server answers about 700 writes a second over these. */
const CONNECTIONS = 16;
/** How long an idle connection is kept, in milliseconds: less than the 90 s after which API servers close it. */
const KEEP_IDLE = 30_000;
/** The longest answer to a call, in bytes: a page of 500 objects of ordinary size is below 10 MB. */
const LONGEST_ANSWER = 64 * 1024 * 1024;

export interface Pools {
  readonly calls: Agent;
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
      for (const agent of [this.#current.calls, this.#current.watches]) {
        const gone = () => void this.#all.delete(agent);
        agent.close().then(gone, gone);
      }
    }
    this.#tls = tls;
    this.#current = build(tls);
    this.#all.add(this.#current.calls).add(this.#current.watches);
    return this.#current;
  }

  /** Breaks every connection. */
  async destroy(): Promise<void> {
    await Promise.all(Array.from(this.#all, (agent) => agent.destroy()));
    this.#all.clear();
    this.#current = undefined;
  }
}

function build(tls: TlsOptions): Pools {
  const common: Agent.Options = {
    // A frozen HTTP/2 connection hangs all that is on it, and undici does not notice for minutes.
    allowH2: false,
    // Timeouts are the client's, on its own clock, over a call as a whole.
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: KEEP_IDLE,
    connect: { ...tls, keepAlive: true, keepAliveInitialDelay: 30_000 },
  };
  return {
    calls: new Agent({ ...common, connections: CONNECTIONS, maxResponseSize: LONGEST_ANSWER }),
    watches: new Agent(common),
  };
}
