import type { Clock } from './clock.ts';
import { ApiError, isApiError } from './errors.ts';
import { parseJson } from './http-body.ts';
import type { Authentication, Credentials } from './http-credentials.ts';
import { errorFromAnswer } from './http-errors.ts';
import { exchange, type Head } from './http-exchange.ts';
import { Passage } from './http-passage.ts';
import { ConnectionPools } from './http-pools.ts';
import type { Lane } from './lanes.ts';
import { orAborted } from './waiting.ts';

export interface TransportOptions {
  /** Where the server is: `https://host:port`, with a path where it is behind one. */
  server: string;
  /** On the way there. */
  proxy?: URL | undefined;
  credentials: Credentials;
  clock: Clock;
  /** See `ConnectOptions`. */
  userAgent?: string | undefined;
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
  /** See `CallOptions`. */
  fence?: (() => void) | undefined;
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
  readonly #userAgent: string | undefined;
  readonly #onServerDate: (date: Date) => void;
  readonly #pools: ConnectionPools;
  /** The last Date header. */
  #date = '';

  constructor({ server, proxy, credentials, clock, userAgent, onServerDate }: TransportOptions) {
    const { origin, pathname } = new URL(server);
    this.#origin = origin;
    this.#basePath = pathname.replace(/\/+$/, '');
    this.#credentials = credentials;
    this.#clock = clock;
    this.#userAgent = userAgent;
    this.#onServerDate = onServerDate;
    this.#pools = new ConnectionPools(proxy);
  }

  /** The answer's JSON. Rejects with the signal's reason once that is aborted. */
  async call(call: Call): Promise<unknown> {
    const passage = this.#passage(call);
    try {
      return parseJson(await this.#answer(call, passage));
    } catch (error) {
      const failed = passage.failure(error);
      if (!isApiError(failed, 'Forbidden') || (await this.#isReady(call, passage))) throw failed;
      const { message, code } = failed;
      throw new ApiError('Unavailable', `the API server is not ready yet: ${message}`, { code });
    } finally {
      passage.cancel();
    }
  }

  /**
   * The bytes of an answer that goes on until the server ends it, or the reader stops reading. The
   * timeout is for its beginning.
   */
  async *stream(call: Call): AsyncGenerator<Buffer, void> {
    const passage = this.#passage(call);
    const { signal } = passage;
    try {
      const { authentication, options } = await this.#request(call, passage);
      const request = passage.through(this.#pools.get(authentication.tls).watches).request({ ...options, signal });
      // Undici tells nobody that a call was given up before its turn has come.
      const answer = await orAborted(request, signal);
      this.#heed(answer, authentication);
      if (!isGood(answer)) throw refusalOf(call, answer, await answer.body.text());
      passage.extend();
      for await (const chunk of answer.body) if (Buffer.isBuffer(chunk)) yield chunk;
    } catch (error) {
      throw passage.failure(error);
    } finally {
      passage.cancel();
    }
  }

  /** Breaks every connection; what is under way rejects. */
  async close(): Promise<void> {
    this.#credentials.close();
    await this.#pools.destroy();
  }

  async #answer(call: Call, passage: Passage): Promise<string> {
    const { authentication, options } = await this.#request(call, passage);
    const pool = call.lane === 'urgent' ? 'urgent' : 'calls';
    const answer = await exchange(this.#pools.get(authentication.tls)[pool], options, passage);
    this.#heed(answer, authentication);
    if (isGood(answer)) return answer.text;
    throw refusalOf(call, answer, answer.text);
  }

  async #request({ method, path, body }: Call, { signal }: Passage) {
    signal.throwIfAborted();
    const authentication = await orAborted(this.#credentials.current(), signal);
    const options = {
      origin: this.#origin,
      path: this.#basePath + path,
      method,
      headers: {
        ...authentication.headers,
        accept: 'application/json',
        ...(this.#userAgent !== undefined && { 'user-agent': this.#userAgent }),
        ...(body !== undefined && {
          'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
        }),
      },
      body: body === undefined ? null : JSON.stringify(body),
      // After a DELETE with a body undici would close the connection, for servers that do not expect one.
      reset: false,
    };
    return { authentication, options };
  }

  #heed({ statusCode, headers }: Head, authentication: Authentication): void {
    this.#learnDate(textOf(headers['date']) ?? '');
    if (statusCode === 401) this.#credentials.refused(authentication);
  }

  /** What is said again within a second tells nothing new: it was said too late. */
  #learnDate(text: string): void {
    if (text === this.#date) return;
    this.#date = text;
    const date = new Date(text);
    if (!Number.isNaN(date.getTime())) this.#onServerDate(date);
  }

  /**
   * Until an API server that has just started knows roles and bindings, it forbids what it will permit in a moment.
   * Whoever may not ask whether it is ready hears nothing about that.
   */
  async #isReady(call: Call, passage: Passage): Promise<boolean> {
    try {
      await this.#answer({ ...call, method: 'GET', path: '/readyz', body: undefined }, passage);
      return true;
    } catch (error) {
      passage.signal.throwIfAborted();
      return isApiError(error) && error.code > 0 && error.code < 500;
    }
  }

  #passage({ method, ...call }: Call): Passage {
    return new Passage(this.#clock, { ...call, write: method !== 'GET' });
  }
}

function isGood({ statusCode }: Head): boolean {
  return statusCode >= 200 && statusCode < 300;
}

function refusalOf({ method }: Call, { statusCode, headers }: Head, text: string): ApiError {
  return errorFromAnswer(statusCode, statusIn(text), {
    write: method !== 'GET',
    retryAfter: textOf(headers['retry-after']),
  });
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
