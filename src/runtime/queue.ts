import type { Clock, Timer } from './clock.ts';
import { higherLane, type Lane } from './lanes.ts';
import { SerialLanes } from './serial-lanes.ts';

/** The longest pause between two tries, in milliseconds. What is urgent is never far from its next. */
const LONGEST_PAUSE = { urgent: 500, normal: 30_000, low: 30_000 } as const satisfies Record<Lane, number>;
/** Before the first retry, in milliseconds; doubled by each further one. */
const FIRST_PAUSE = 10;

/** A key that is handed out. */
export interface Taken {
  readonly key: string;
  readonly lane: Lane;
  /** For how long it has been in that lane, in milliseconds. */
  readonly waited: number;
}

export interface QueueOptions {
  clock: Clock;
  /** In [0, 1), as `Math.random`. */
  random: () => number;
  /** To which flow a key belongs: within a lane they take turns (flows.ts). All are of one where it is not given. */
  flowOf?: (key: string) => string;
  /** To which series a key belongs, where it is of one: of these one is handed out at a time (serial-lanes.ts). */
  seriesOf?: (key: string) => string | undefined;
}

interface Delayed {
  readonly due: number;
  readonly timer: Timer;
  lane: Lane;
}

/**
 * What is to be looked at: keys, not objects, so that any number of events about one object are
 * one piece of work. After client-go's work queue:
 *
 * - A key is never with two workers. Added while a worker has it, it is handed out once more
 *   after `done`.
 * - Nor are two keys of one series (serial-lanes.ts).
 * - A key waits once, in the highest lane it was added in; lanes bound starvation (lanes.ts),
 *   and flows that of one's few keys by another's many (flows.ts).
 * - Nothing is lost: every key added is handed out after the `add`, unless the queue closes.
 *
 * Whoever takes a key calls `done(key)` in any case, then or before that `forget(key)` when the
 * work went well or `retry(key, lane)` when it did not.
 */
export class Queue {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #waiting: SerialLanes;
  /** Keys with a worker, and the lane in which each was added again meanwhile. */
  readonly #processing = new Map<string, Lane | undefined>();
  /** When keys that wait came into their lane, those that have a worker too. */
  readonly #since = new Map<string, number>();
  readonly #delayed = new Map<string, Delayed>();
  readonly #failures = new Map<string, number>();
  readonly #takers: ((taken: Taken | undefined) => void)[] = [];
  readonly #urgentTakers: ((taken: Taken | undefined) => void)[] = [];
  #closed = false;

  constructor({ clock, random, flowOf, seriesOf }: QueueOptions) {
    this.#clock = clock;
    this.#random = random;
    this.#waiting = new SerialLanes(flowOf, seriesOf);
  }

  /** Does nothing once the queue is closed. */
  add(key: string, lane: Lane): void {
    if (this.#closed) return;
    if (this.#processing.has(key)) {
      const before = this.#processing.get(key);
      const highest = higherLane(before ?? lane, lane);
      if (highest === before) return;
      this.#processing.set(key, highest);
      this.#since.set(key, this.#clock.monotonic());
      return;
    }
    if (this.#waiting.add(key, lane)) this.#since.set(key, this.#clock.monotonic());
    this.#serve();
  }

  /** Adds in `delay` ms. Of two delayed adds of one key the earlier counts, in the higher lane. */
  addAfter(key: string, lane: Lane, delay: number): void {
    if (this.#closed) return;
    if (delay <= 0) {
      this.add(key, lane);
      return;
    }
    const due = this.#clock.monotonic() + delay;
    const pending = this.#delayed.get(key);
    const highest = pending ? higherLane(pending.lane, lane) : lane;
    if (pending && pending.due <= due) {
      pending.lane = highest;
      return;
    }
    pending?.timer.cancel();
    const timer = this.#clock.timer(delay, () => this.#addDelayed(key));
    this.#delayed.set(key, { due, timer, lane: highest });
  }

  /**
   * Adds after a pause that doubles with every retry since the last `forget`, up to 500 ms for
   * urgent keys and 30 s for others, less up to half of it at random; no earlier than the server
   * wishes, in milliseconds, as far as that pause allows. Urgent keys do not heed it. Returns
   * how many retries that makes.
   */
  retry(key: string, lane: Lane, wish = 0): number {
    const failures = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, failures);
    const longest = LONGEST_PAUSE[lane];
    const pause = Math.min(FIRST_PAUSE * 2 ** (failures - 1), longest) * (1 - this.#random() / 2);
    this.addAfter(key, lane, lane === 'urgent' ? pause : Math.max(pause, Math.min(wish, longest)));
    return failures;
  }

  /** The next `retry` starts again with the shortest pause. */
  forget(key: string): void {
    this.#failures.delete(key);
  }

  /**
   * The next key, or with `only` the next urgent one, once there is one; undefined when the queue
   * is closed and nothing is left. An urgent key goes to who takes no other first.
   */
  take(only?: 'urgent'): Promise<Taken | undefined> {
    return new Promise((resolve) => {
      (only ? this.#urgentTakers : this.#takers).push(resolve);
      this.#serve();
    });
  }

  /** Gives a taken key back. */
  done(key: string): void {
    const again = this.#processing.get(key);
    this.#processing.delete(key);
    this.#waiting.done(key);
    if (again) this.#waiting.add(key, again);
    this.#serve();
  }

  /** How many keys wait in each lane, those with a worker that were added again among them; not those that are delayed. */
  get depths(): Readonly<Record<Lane, number>> {
    const depths = this.#waiting.sizes;
    for (const again of this.#processing.values()) if (again) depths[again]++;
    return depths;
  }

  /** Takes nothing more in and drops what is delayed. What waits is still handed out. */
  close(): void {
    this.#closed = true;
    for (const { timer } of this.#delayed.values()) timer.cancel();
    this.#delayed.clear();
    this.#serve();
  }

  #addDelayed(key: string): void {
    const delayed = this.#delayed.get(key);
    this.#delayed.delete(key);
    if (delayed) this.add(key, delayed.lane);
  }

  #serve(): void {
    this.#hand(this.#urgentTakers, 'urgent');
    this.#hand(this.#takers);
  }

  #hand(takers: ((taken: Taken | undefined) => void)[], only?: Lane): void {
    while (takers.length > 0) {
      const taken = this.#waiting.shift(only);
      if (!taken && !this.#drained()) return;
      takers.shift()?.(taken && this.#handedOut(taken));
    }
  }

  #handedOut({ key, lane }: { key: string; lane: Lane }): Taken {
    const now = this.#clock.monotonic();
    const waited = now - (this.#since.get(key) ?? now);
    this.#since.delete(key);
    this.#processing.set(key, undefined);
    return { key, lane, waited };
  }

  #drained(): boolean {
    if (!this.#closed || this.#waiting.size > 0) return false;
    for (const again of this.#processing.values()) if (again) return false;
    return true;
  }
}
