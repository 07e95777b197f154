import type { Logger } from 'pino';
import type { Client, Selection, WatchEvent } from './client.ts';
import type { Clock } from './clock.ts';
import { isApiError } from './errors.ts';
import type { Health, Stall } from './health.ts';
import type { Resource } from './object.ts';
import { pages } from './pages.ts';
import { Silence } from './silence.ts';
import type { Replacement } from './store.ts';
import { sleep } from './waiting.ts';

/** Without a sign for this long, in milliseconds, it is stuck: pages of a list, the beginning of a stream and pauses take 30 s at the most, and a silent stream is ended after three minutes (silence.ts). */
const STUCK = 300_000;
/**
 * A stream that held for this long, in milliseconds, has proven itself, though there be nothing to tell: the next failure
 * starts with the shortest pause. Longer than a beginning may take that comes to nothing.
 */
const HEALTHY = 60_000;
/**
 * After this long, less up to half of it at random, everything is listed anew, in milliseconds: what the store holds
 * wrongly, for whatever reason, it holds for hours, not for ever. A list is as much work as a start; once in hours that
 * is nothing, and hardly ever do two reflectors do it together.
 */
const RELIST = 6 * 3_600_000;
/** Pauses after failures, in milliseconds: doubled each time, at most the longest, less up to half of it at random. */
const FIRST_PAUSE = 200;
const LONGEST_PAUSE = 5_000;
/** How long a pause is at most because the server asks for it, in milliseconds. */
const LONGEST_WISH = 30_000;

/** The part of a `Store` that a reflector fills. */
interface ReflectedStore {
  apply(event: WatchEvent): void;
  replacement(): Replacement;
}

export interface ReflectorOptions {
  client: Pick<Client, 'list' | 'watch'>;
  resource: Resource;
  /** All of them, where nothing is given. */
  selection?: Selection;
  store: ReflectedStore;
  clock: Clock;
  /** In [0, 1), as `Math.random`. */
  random: () => number;
  log: Logger;
  health: Pick<Health, 'watch'>;
}

/**
 * Keeps a store equal to what the API server holds. It starts with a WatchList, or with a paged
 * list and a watch from there where the server serves none; goes on from where it was when a
 * stream ends, however that comes; and starts anew only when the server no longer knows where that
 * is, and as a net once in hours, between two streams. Until a list is complete the store shows what
 * it did before.
 */
export class Reflector {
  readonly resource: Resource;
  /** Resolves when the store holds everything for the first time. Stays pending if `run` ends before. */
  readonly synced: Promise<void>;
  readonly #options: ReflectorOptions;
  #hasSynced = false;
  #resolveSynced: () => void = () => undefined;
  /** Where the next watch starts; undefined when everything has to be listed. */
  #version: string | undefined;
  #watchList = true;
  /** When everything is to be listed anew, on the monotonic clock. */
  #relist = 0;
  /** Whether the next pass does so though it is known where to go on. */
  #anew = false;
  /** Since when there has been a stream that goes on from where the store is, on the monotonic clock; infinity while there is none. */
  #streaming = Number.POSITIVE_INFINITY;
  /** When there was a sign of life last, on the monotonic clock. */
  #heard = 0;

  constructor(options: ReflectorOptions) {
    this.resource = options.resource;
    this.#options = options;
    this.synced = new Promise((resolve) => (this.#resolveSynced = resolve));
  }

  /** Whether the store has held everything once. It does not go back. */
  get hasSynced(): boolean {
    return this.#hasSynced;
  }

  /** That there has been no sign of life for too long; failures are one. */
  get stall(): Stall | undefined {
    const ms = this.#options.clock.monotonic() - this.#heard;
    return ms < STUCK ? undefined : { part: `reflector ${this.resource.plural}`, ms };
  }

  /** Runs until `signal` is aborted; whatever the server does, it goes on. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const unwatch = this.#options.health.watch(this);
    let failures = 0;
    while (!signal.aborted) failures = await this.#round(failures, signal);
    unwatch();
  }

  #hear(): void {
    this.#heard = this.#options.clock.monotonic();
  }

  /** One stream, and the pause after it. Takes and returns how many failures there were in a row. */
  async #round(failures: number, signal: AbortSignal): Promise<number> {
    const { clock, random } = this.#options;
    this.#hear();
    this.#streaming = Number.POSITIVE_INFINITY;
    const failure = await this.#pass(signal);
    if (signal.aborted) return failures;
    const healthy = clock.monotonic() - this.#streaming >= HEALTHY;
    const before = healthy ? 0 : failures;
    this.#report(failure, before);
    // A server that ends streams at once, though politely, would be asked without end.
    if (healthy && failure === undefined) return 0;
    const pause = Math.min(FIRST_PAUSE * 2 ** before, LONGEST_PAUSE) * (1 - random() / 2);
    const wish = isApiError(failure) ? Math.min(failure.retryAfter ?? 0, LONGEST_WISH) : 0;
    await sleep(Math.max(pause, wish), clock, signal);
    return before + 1;
  }

  /**
   * One stream, with what comes before it. Undefined when the server ended it in good order. A net
   * that fails is cast again after the next stream, which goes on from where the last one was.
   */
  async #pass(signal: AbortSignal): Promise<unknown> {
    const version = this.#version;
    const net = this.#anew && version !== undefined;
    const anew = net || version === undefined;
    let failure: unknown;
    try {
      if (anew && !this.#watchList) await this.#list(signal);
      await this.#watch(anew && this.#watchList ? undefined : this.#version, signal);
    } catch (error) {
      failure = error;
      // That of a net may be about a page. If that stream too is beyond what the server knows, it will say so itself.
      if (!net && isApiError(error, 'Expired')) this.#version = undefined;
    }
    const fell = net && this.#version === version;
    this.#anew = !fell && this.#options.clock.monotonic() >= this.#relist;
    return failure;
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { client, resource, selection, store } = this.#options;
    const replacement = store.replacement();
    // A page that was too long is a sign of life too.
    const heard: Pick<Client, 'list'> = { list: (...asked) => client.list(...asked).finally(() => this.#hear()) };
    for await (const page of pages(heard, resource, { ...selection, signal })) {
      for (const object of page.items) replacement.add(object);
      if (page.continue === undefined) this.#complete(replacement, page.resourceVersion);
    }
  }

  /** One stream from `version` on; a WatchList where that is undefined. */
  async #watch(version: string | undefined, signal: AbortSignal): Promise<void> {
    const { client, resource, selection, clock, random, store } = this.#options;
    const silence = new Silence(clock, signal, () => this.#heard);
    if (version !== undefined) this.#streaming = clock.monotonic();
    let initial = version === undefined ? store.replacement() : undefined;
    const from = version === undefined ? { sendInitialEvents: true } : { resourceVersion: version };
    const timeoutSeconds = Math.floor(300 + random() * 300);
    try {
      const events = client.watch(resource, { ...selection, ...from, timeoutSeconds, signal: silence.signal });
      for await (const event of events) {
        this.#hear();
        if (!initial) this.#apply(event);
        else if (event.type === 'DELETED') initial.remove(event.object);
        else if (event.type !== 'BOOKMARK') initial.add(event.object);
        else if (event.initialEventsEnd) {
          this.#complete(initial, event.resourceVersion);
          this.#streaming = this.#heard;
          initial = undefined;
        } else {
          // A WatchList has no bookmark before that one: this server does not know the parameter, and ignores it.
          this.#fallBack();
          return;
        }
      }
    } catch (error) {
      if (!initial || !isApiError(error, 'Invalid')) throw error;
      this.#fallBack();
    } finally {
      silence.end();
    }
  }

  #apply(event: WatchEvent): void {
    this.#options.store.apply(event);
    this.#version = event.type === 'BOOKMARK' ? event.resourceVersion : event.object.metadata.resourceVersion;
  }

  #complete(replacement: Replacement, version: string): void {
    const { clock, random } = this.#options;
    replacement.commit(version);
    this.#version = version;
    this.#relist = clock.monotonic() + RELIST * (1 - random() / 2);
    this.#hasSynced = true;
    this.#resolveSynced();
  }

  #fallBack(): void {
    this.#watchList = false;
    this.#options.log.info({ resource: this.resource.plural }, 'server has no WatchList, listing instead');
  }

  #report(failure: unknown, failures: number): void {
    const { log } = this.#options;
    const fields = { resource: this.resource.plural, failures, err: failure };
    if (failure === undefined) log.debug({ resource: this.resource.plural }, 'watch ended, starting the next');
    else if (!isApiError(failure)) log.error(fields, 'watch failed');
    else if (failure.reason === 'Expired') log.info(fields, 'watch is too far behind, listing again');
    else log.warn(fields, 'watch failed, starting again');
  }
}
