import type { Dispatcher } from 'undici';
import type { Clock, Timer } from './clock.ts';
import { ApiError, isApiError } from './errors.ts';
import { parseJson } from './http-body.ts';
import type { Credentials } from './http-credentials.ts';
import { errorFromAnswer, errorFromFailure } from './http-errors.ts';
import { ConnectionPools, type Pools } from './http-pools.ts';
import type { Lane } from './lanes.ts';
import { userAgent } from './version.ts';
import { orAborted } from './waiting.ts';

export interface TransportOptions {
  /** Where the server is: `https://host:port`, with a path where it is behind one. */
  server: string;
  /** On the way there. */
  proxy?: URL | undefined;
  credentials: Credentials;
  clock: Clock;
  /** Told the server's clock, in whole seconds, with every answer that has a new one. */
  onServerDate: (date: Date) => void;
}

export interface Call {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** With the query. */
  path: string;
  /** Sent as JSON. */
  body?: unknown;
  /** In milliseconds, from the first look at the credentials to the last byte. */
  timeout: number;
  signal: AbortSignal | undefined;
  /** What is urgent has connections of its own. */
  lane?: Lane | undefined;
}

/**
 * Sends calls: JSON in, JSON out, and everything that goes wrong on the way as an `ApiError`. Nothing
 * is sent twice, not even a read whose connection the server closed for idleness as it went out: who
 * calls has to try again anyway, at a pace of their own.
 */
export class Transport {
  readonly #origin: string;
  readonly #basePath: string;
  readonly #credentials: Credentials;
  readonly #clock: Clock;
  readonly #onServerDate: (date: Date) => void;
  readonly #pools: ConnectionPools;
  /** The last Date header. */
  #date = '';

  constructor({ server, proxy, credentials, clock, onServerDate }: TransportOptions) {
    const { origin, pathname } = new URL(server);
    this.#origin = origin;
    this.#basePath = pathname.replace(/\/+$/, '');
    this.#credentials = credentials;
    this.#clock = clock;
    this.#onServerDate = onServerDate;
    this.#pools = new ConnectionPools(proxy);
  }

  /** The answer's JSON. Rejects with the signal's reason once that is aborted. */
  async call(call: Call): Promise<unknown> {
    const deadline = this.#deadline(call);
    try {
      const pool = call.lane === 'urgent' ? 'urgent' : 'calls';
      const answer = await this.#send(pool, call, deadline.signal);
      return parseJson(await answer.body.text());
    } catch (error) {
      const failed = failure(call, deadline.signal, error);
      if (!isApiError(failed, 'Forbidden') || (await this.#isReady(deadline.signal))) throw failed;
      const { message, code } = failed;
      throw new ApiError('Unavailable', `the API server is not ready yet: ${message}`, { code });
    } finally {
      deadline.cancel();
    }
  }

  /**
   * The bytes of an answer that goes on until the server ends it, or the reader stops reading. The
   * timeout is for its beginning.
   */
  async *stream(call: Call): AsyncGenerator<Buffer, void> {
    const deadline = this.#deadline(call);
    try {
      const answer = await this.#send('watches', call, deadline.signal);
      deadline.extend();
      for await (const chunk of answer.body) if (Buffer.isBuffer(chunk)) yield chunk;
    } catch (error) {
      throw failure(call, deadline.signal, error);
    } finally {
      deadline.cancel();
    }
  }

  /** Breaks every connection; what is under way rejects. */
  async close(): Promise<void> {
    this.#credentials.close();
    await this.#pools.destroy();
  }

  async #send(pool: keyof Pools, call: Call, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    signal.throwIfAborted();
    const { method, path, body } = call;
    const access = await orAborted(this.#credentials.current(), signal);
    const { headers, tls } = access;
    const answer = await this.#pools.get(tls)[pool].request({
      origin: this.#origin,
      path: this.#basePath + path,
      method,
      headers: {
        ...headers,
        accept: 'application/json',
        'user-agent': userAgent,
        ...(body !== undefined && {
          'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
        }),
      },
      body: body === undefined ? null : JSON.stringify(body),
      // After a DELETE with a body undici would close the connection, for servers that do not expect one.
      reset: false,
      signal,
    });
    this.#learnDate(textOf(answer.headers['date']) ?? '');
    if (answer.statusCode === 401) this.#credentials.refused(access);
    if (answer.statusCode >= 200 && answer.statusCode < 300) return answer;
    const refusal = await answer.body.text();
    throw errorFromAnswer(answer.statusCode, statusIn(refusal), {
      write: method !== 'GET',
      retryAfter: textOf(answer.headers['retry-after']),
    });
  }

  /** What is said again within a second tells nothing new: it was said too late. */
  #learnDate(text: string): void {
    if (text === this.#date) return;
    this.#date = text;
    const date = new Date(text);
    if (!Number.isNaN(date.getTime())) this.#onServerDate(date);
  }

  /** Until an API server that has just started knows roles and bindings, it forbids what it will permit in a moment. */
  async #isReady(signal: AbortSignal): Promise<boolean> {
    try {
      const answer = await this.#send('calls', { method: 'GET', path: '/readyz', timeout: 0, signal }, signal);
      await answer.body.dump();
      return true;
    } catch {
      signal.throwIfAborted();
      return false;
    }
  }

  #deadline({ method, timeout, signal }: Call): Deadline {
    const message = `no answer within ${timeout / 1000} s`;
    const late = () => new ApiError('Unavailable', message, { maybeDone: method !== 'GET' });
    return new Deadline(this.#clock, timeout, late, signal);
  }
}

/** Aborts when the time is over or the caller's signal is. AbortSignal.any would hold on to long-lived signals. */
class Deadline {
  readonly #end = new AbortController();
  readonly #timer: Timer;
  readonly #outer: AbortSignal | undefined;
  readonly #abort: () => void;

  constructor(clock: Clock, timeout: number, reason: () => Error, outer: AbortSignal | undefined) {
    this.#outer = outer;
    this.#abort = () => this.#end.abort(outer?.reason);
    this.#timer = clock.timer(timeout, () => this.#end.abort(reason()));
    if (outer?.aborted) this.#abort();
    outer?.addEventListener('abort', this.#abort);
  }

  get signal(): AbortSignal {
    return this.#end.signal;
  }

  /** From now on only the caller's signal counts. */
  extend(): void {
    this.#timer.cancel();
  }

  cancel(): void {
    this.#timer.cancel();
    this.#outer?.removeEventListener('abort', this.#abort);
  }
}

/** The signal's reason where that ended the call, be it the caller's or our timeout; else what the failure means. */
function failure({ method }: Call, signal: AbortSignal, error: unknown): unknown {
  return signal.aborted ? signal.reason : errorFromFailure(error, { write: method !== 'GET' });
}

function statusIn(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

function textOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
