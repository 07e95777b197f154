import type { Clock, Timer } from './clock.ts';
import { ApiError } from './errors.ts';

/** A quiet watch gets its first bookmark after two minutes and then one a minute (measured on 1.37); without a sign for this long, in milliseconds, the connection counts as dead. */
const SILENCE = 180_000;

/** Aborts when nothing has been heard for too long. It asks when that was, and sets no timer for each event. */
export class Silence {
  readonly #clock: Clock;
  readonly #outer: AbortSignal;
  readonly #end = new AbortController();
  readonly #abort: () => void;
  readonly #heard: () => number;
  #timer: Timer;

  constructor(clock: Clock, outer: AbortSignal, heard: () => number) {
    this.#clock = clock;
    this.#outer = outer;
    this.#heard = heard;
    this.#abort = () => this.#end.abort(outer.reason);
    this.#timer = clock.timer(SILENCE, () => this.#check());
    if (outer.aborted) this.#abort();
    else outer.addEventListener('abort', this.#abort);
  }

  get signal(): AbortSignal {
    return this.#end.signal;
  }

  end(): void {
    this.#timer.cancel();
    this.#outer.removeEventListener('abort', this.#abort);
  }

  #check(): void {
    const left = this.#heard() + SILENCE - this.#clock.monotonic();
    if (left > 0) this.#timer = this.#clock.timer(left, () => this.#check());
    else this.#end.abort(new ApiError('Unavailable', `no sign of life for ${SILENCE / 1000} s`));
  }
}
