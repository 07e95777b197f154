import type { Clock, Timer } from './clock.ts';
import { type Due, Heap } from './heap.ts';
import type { Lane } from './lanes.ts';

/**
 * The longest timer, in milliseconds. Timers run on the monotonic clock, ends are wall times: a
 * wall clock that is set forward, or a machine that slept, is noticed after this long at most. One
 * wake-up in five seconds costs nothing that can be measured, whatever the number of entries, and
 * keeps far below the limit of Node's timers (24.8 days, above which they fire at once).
 */
const LONGEST_TIMER = 5_000;

interface Entry extends Due {
  readonly key: string;
  readonly lane: Lane;
}

/**
 * Calls `fire(key, lane)` once the wall clock has reached the moment set for a key; never before
 * it. One moment per key, one timer for the earliest of all.
 */
export class Scheduler {
  readonly #clock: Clock;
  readonly #fire: (key: string, lane: Lane) => void;
  readonly #entries = new Map<string, Entry>();
  readonly #heap = new Heap<Entry>();
  #timer: Timer | undefined;
  /** What the timer was set for; an earlier first entry needs another one. */
  #armedFor = Number.POSITIVE_INFINITY;

  /** `fire` must not throw. It may set and clear. */
  constructor({ clock, fire }: { clock: Clock; fire: (key: string, lane: Lane) => void }) {
    this.#clock = clock;
    this.#fire = fire;
  }

  /** Replaces what was set for this key. A moment in the past fires at once, though not within this call. */
  set(key: string, at: Date, lane: Lane): void {
    const time = at.getTime();
    if (Number.isNaN(time)) throw new RangeError('a key can only be scheduled for a valid date');
    const previous = this.#entries.get(key);
    if (previous?.at === time && previous.lane === lane) return;
    if (previous) this.#heap.remove(previous);
    const entry: Entry = { key, lane, at: time, position: 0 };
    this.#entries.set(key, entry);
    this.#heap.push(entry);
    this.#arm();
  }

  /** Forgets a key; nothing happens where none is set. */
  clear(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#remove(entry);
    this.#arm();
  }

  /** Forgets all keys. */
  close(): void {
    for (const entry of this.#entries.values()) this.#remove(entry);
    this.#arm();
  }

  #remove(entry: Entry): void {
    this.#entries.delete(entry.key);
    this.#heap.remove(entry);
  }

  #arm(): void {
    const at = this.#heap.first?.at ?? Number.POSITIVE_INFINITY;
    // A timer that is early for its entry only looks at the clock again: cheaper than one anew for each change.
    if (this.#timer && this.#armedFor <= at && this.#heap.size > 0) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#armedFor = at;
    if (this.#heap.size === 0) return;
    const delay = Math.min(Math.max(at - this.#clock.now().getTime(), 0), LONGEST_TIMER);
    this.#timer = this.#clock.timer(Math.ceil(delay), () => this.#wake());
  }

  #wake(): void {
    this.#timer = undefined;
    const now = this.#clock.now().getTime();
    const due: Entry[] = [];
    for (let { first } = this.#heap; first && first.at <= now; first = this.#heap.first) {
      this.#remove(first);
      due.push(first);
    }
    this.#arm();
    for (const { key, lane } of due) this.#fire(key, lane);
  }
}
