import type { Clock, Timer } from './clock.ts';
import { ApiError } from './errors.ts';

/** How long a renewal counts for whoever leads, in milliseconds from just before it was sent. */
export const RENEW_DEADLINE = 6_000;

/** A moment on both clocks, in milliseconds. */
export interface Moment {
  readonly monotonic: number;
  readonly wall: number;
}

export function momentOf(clock: Clock): Moment {
  return { monotonic: clock.monotonic(), wall: clock.now().getTime() };
}

/**
 * One stretch of leading. It is over for good, whatever is heard later, once 6 s have passed by
 * either clock since the last renewal was sent: the monotonic one stands still while the machine
 * sleeps, the wall clock may be set back. Only a machine that sleeps while its wall clock is set
 * back by as long would not notice.
 */
export class Term {
  readonly #clock: Clock;
  readonly #end = new AbortController();
  #renewed: Moment;
  #timer: Timer;
  #underWay = 0;

  /** `begun`: just before the write was sent that made it ours. */
  constructor(clock: Clock, begun: Moment) {
    this.#clock = clock;
    this.#renewed = begun;
    this.#timer = clock.timer(this.#left(), () => this.#look());
  }

  /**
   * Whether we lead at this very moment: goes by the clocks, not by a timer, so that a process that
   * was stopped knows before it does anything else. Ask again after every `await`.
   */
  holds(): boolean {
    if (!this.#end.signal.aborted && this.#left() <= 0) this.end();
    return !this.#end.signal.aborted;
  }

  /** Aborted when it is over, with an `ApiError`: calls that it ends reject with what a `Client` may reject with. */
  get lost(): AbortSignal {
    return this.#end.signal;
  }

  /** The Lease was prolonged by a write that was sent just after this moment. */
  renewed(begun: Moment): void {
    if (this.holds()) this.#renewed = begun;
  }

  /** How many calls of it have no answer yet. */
  get underWay(): number {
    return this.#underWay;
  }

  /** Counts a call of it as under way until it resolves or rejects. */
  async during<T>(call: () => Promise<T>): Promise<T> {
    this.#underWay++;
    try {
      return await call();
    } finally {
      this.#underWay--;
    }
  }

  /** It is over. */
  end(): void {
    this.#timer.cancel();
    this.#end.abort(new ApiError('Unavailable', 'no longer the leader', { maybeDone: true }));
  }

  #look(): void {
    if (this.holds()) this.#timer = this.#clock.timer(this.#left(), () => this.#look());
  }

  #left(): number {
    const { monotonic, wall } = momentOf(this.#clock);
    return RENEW_DEADLINE - Math.max(monotonic - this.#renewed.monotonic, wall - this.#renewed.wall);
  }
}
