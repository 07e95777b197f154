import type { Clock, Timer } from './clock.ts';

/** How long an answer counts, in milliseconds: at least this long, at most twice as long. */
const WINDOW = 300_000;

/**
 * The later of the local clock and what is known of the API server's, so that what is over by
 * either of them is over. Each answer carries a Date header in whole seconds, rounded down: the
 * server's clock was there or later, which makes a lower bound from then on. The best bound of the
 * last minutes counts; older ones are dropped, as the server's clock may have been set back.
 */
export class ServerClock implements Clock {
  readonly #local: Clock;
  /** The most that the server's clock was ahead of our monotonic one, in the current window and in the last. */
  #lead = Number.NEGATIVE_INFINITY;
  #lastLead = Number.NEGATIVE_INFINITY;
  #windowEnd = 0;

  constructor(local: Clock) {
    this.#local = local;
  }

  /** Takes in the Date header of an answer that has just come. */
  learn(date: Date): void {
    const monotonic = this.#local.monotonic();
    this.#rotate(monotonic);
    this.#lead = Math.max(this.#lead, date.getTime() - monotonic);
  }

  now(): Date {
    return new Date(Math.max(this.#local.now().getTime(), this.#serverTime()));
  }

  monotonic(): number {
    return this.#local.monotonic();
  }

  timer(delay: number, callback: () => void): Timer {
    return this.#local.timer(delay, callback);
  }

  turn(): Promise<void> {
    return this.#local.turn();
  }

  /**
   * How far the server's clock is ahead of the local one, in milliseconds; negative where it is
   * behind. Up to a second too low after the first answer, closer with each further one. 0 where no
   * answer has come lately.
   */
  get skew(): number {
    const time = this.#serverTime();
    return Number.isFinite(time) ? time - this.#local.now().getTime() : 0;
  }

  #serverTime(): number {
    const monotonic = this.#local.monotonic();
    this.#rotate(monotonic);
    // The monotonic clock carries it on: a local wall clock that is set does not change what is known.
    return monotonic + Math.max(this.#lead, this.#lastLead);
  }

  #rotate(monotonic: number): void {
    if (monotonic < this.#windowEnd) return;
    this.#lastLead = monotonic < this.#windowEnd + WINDOW ? this.#lead : Number.NEGATIVE_INFINITY;
    this.#lead = Number.NEGATIVE_INFINITY;
    this.#windowEnd = monotonic + WINDOW;
  }
}
