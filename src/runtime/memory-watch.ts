import type { WatchEvent } from './client.ts';
import type { Clock, Timer } from './clock.ts';
import type { KubernetesObject } from './object.ts';

/** As the API server's (measured on 1.37): a first bookmark after two minutes, then one a minute. In milliseconds. */
const FIRST_BOOKMARK = 120_000;
const BOOKMARK_INTERVAL = 60_000;

/** One change in the history of a resource. */
export interface Change {
  readonly revision: number;
  readonly before: KubernetesObject | undefined;
  /** As it is afterwards; for a deletion as it was last, with the revision of the deletion. */
  readonly object: KubernetesObject;
  readonly deleted: boolean;
}

/**
 * What a watch that sees only some objects says of a change: one that comes to be selected is
 * ADDED, one that no longer is DELETED.
 */
export function eventOf(change: Change, selects: (object: KubernetesObject) => boolean): WatchEvent | undefined {
  const was = change.before !== undefined && selects(change.before);
  const is = !change.deleted && selects(change.object);
  if (!was && !is) return undefined;
  return { type: is ? (was ? 'MODIFIED' : 'ADDED') : 'DELETED', object: structuredClone(change.object) };
}

/** One open watch: events wait here until the reader takes them. */
export class MemoryWatch {
  readonly selects: (object: KubernetesObject) => boolean;
  readonly #waiting: WatchEvent[] = [];
  readonly #timers: Timer[] = [];
  #wake: () => void = () => undefined;
  #ended = false;
  #failure: Error | undefined;

  constructor(selects: (object: KubernetesObject) => boolean) {
    this.selects = selects;
  }

  push(event: WatchEvent | undefined): void {
    if (!event) return;
    this.#waiting.push(event);
    this.#wake();
  }

  /** Ends the stream once all events are read; with an error, it breaks. */
  end(failure?: Error): void {
    this.#ended = true;
    this.#failure = failure;
    this.#wake();
  }

  /** Sends bookmarks by the clock, and ends after `seconds` where given. */
  keepTime(clock: Clock, revision: () => string, seconds: number | undefined): void {
    const bookmark = () => {
      this.push({ type: 'BOOKMARK', resourceVersion: revision(), initialEventsEnd: false });
      this.#timers[0] = clock.timer(BOOKMARK_INTERVAL, bookmark);
    };
    this.#timers[0] = clock.timer(FIRST_BOOKMARK, bookmark);
    if (seconds !== undefined) this.#timers[1] = clock.timer(seconds * 1000, () => this.end());
  }

  async *read(signal: AbortSignal | undefined): AsyncGenerator<WatchEvent, void> {
    const abort = () => this.end();
    signal?.addEventListener('abort', abort);
    try {
      for (;;) {
        signal?.throwIfAborted();
        const event = this.#waiting.shift();
        if (event) yield event;
        else if (this.#failure !== undefined) throw this.#failure;
        else if (this.#ended) return;
        else await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      signal?.removeEventListener('abort', abort);
      for (const timer of this.#timers) timer.cancel();
    }
  }
}
