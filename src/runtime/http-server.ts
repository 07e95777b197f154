import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { getSystemErrorMessage } from 'node:util';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Stall } from './health.ts';
import { aborted } from './waiting.ts';

/** An address that cannot be listened on. The message is one line: which, and why not. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
}

export interface HttpServerOptions {
  /** Loopback, unless whoever asks comes from elsewhere, as a kubelet does. */
  host: string;
  /** 0 for any free one. */
  port: number;
  health: {
    /** Whether nothing has failed. */
    healthy(): boolean;
    /** What is stuck. */
    stalls(): readonly Stall[];
    /** Why not; empty when ready. */
    ready(): readonly string[];
    /** What else there is to tell when ready. */
    notes(): readonly string[];
  };
  /** What `/metrics` shows. */
  metrics: Pick<Registry, 'metrics' | 'contentType'>;
  log: Logger;
}

/** Tells whether the process is well: `/healthz` (restart it if not), `/readyz` (with the causes) and `/metrics` (Prometheus). */
export class HttpServer {
  readonly name = 'http server';
  /** Where it listens, once it does. Stays pending if it never can; `run` rejects then. */
  readonly listening: Promise<{ host: string; port: number }>;
  readonly #options: HttpServerOptions;
  /** All that ask for metrics meanwhile get the same: collecting takes time from what is urgent. */
  #collecting: Promise<string> | undefined;
  #resolveListening: (address: { host: string; port: number }) => void = () => undefined;

  constructor(options: HttpServerOptions) {
    this.#options = options;
    this.listening = new Promise((resolve) => (this.#resolveListening = resolve));
  }

  /** Serves until `signal` is aborted. @throws ListenError */
  async run(signal: AbortSignal): Promise<void> {
    const { host, port, log } = this.#options;
    const server = createServer((request, response) => this.#answer(request, response));
    // Answers are a line: whoever takes longer to ask is not asking.
    server.requestTimeout = 5_000;
    server.headersTimeout = 5_000;
    server.listen(port, host);
    await once(server, 'listening').catch((error: unknown) => {
      const number = error instanceof Error && 'errno' in error ? Number(error.errno) : 0;
      throw new ListenError(`${host}:${port}: ${getSystemErrorMessage(number)}`, { cause: error });
    });
    const bound = server.address();
    if (bound === null || typeof bound === 'string') throw new Error('not listening on a port');
    const address = { host, port: bound.port };
    log.info(address, 'listening');
    this.#resolveListening(address);
    await aborted(signal);
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }

  #answer({ method, url }: IncomingMessage, response: ServerResponse): void {
    const { health } = this.#options;
    const path = url?.split('?')[0];
    if (path !== '/healthz' && path !== '/readyz' && path !== '/metrics') reply(response, 404, ['not found']);
    else if (method !== 'GET' && method !== 'HEAD') reply(response, 405, ['GET only']);
    else if (path === '/healthz') this.#tellHealth(response);
    else if (path === '/metrics') void this.#show(response);
    else {
      const causes = health.ready();
      if (causes.length > 0) reply(response, 503, causes);
      else reply(response, 200, ['ok', ...health.notes()]);
    }
  }

  #tellHealth(response: ServerResponse): void {
    const { health, log } = this.#options;
    const stalls = health.stalls();
    if (stalls.length > 0) log.error({ stalls }, 'stuck: only a restart mends that');
    const causes = [...(health.healthy() ? [] : ['failed']), ...stalls.map(({ part }) => `stuck: ${part}`)];
    reply(response, causes.length === 0 ? 200 : 503, causes.length === 0 ? ['ok'] : causes);
  }

  async #show(response: ServerResponse): Promise<void> {
    const { metrics, log } = this.#options;
    try {
      this.#collecting ??= metrics.metrics().finally(() => (this.#collecting = undefined));
      const text = await this.#collecting;
      response.writeHead(200, { 'content-type': metrics.contentType, 'cache-control': 'no-store' });
      response.end(text);
    } catch (error) {
      log.error({ err: error }, 'metrics cannot be collected');
      reply(response, 500, ['metrics cannot be collected']);
    }
  }
}

function reply(response: ServerResponse, code: number, lines: readonly string[]): void {
  response.writeHead(code, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
  response.end(`${lines.join('\n')}\n`);
}
