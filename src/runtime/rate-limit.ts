import type { Clock, Timer } from './clock.ts';
import { ApiError } from './errors.ts';
import { type Lane, Lanes } from './lanes.ts';
import { orAborted, sleep } from './waiting.ts';

/**
 * How many calls a second may go out that are not urgent, and how many at once after a quiet second.
 * More than the 700 or so that one API server takes: in ordinary work it is the server that sets the
 * pace, by when it answers and by 429. What this holds back is work gone wrong.
 */
export const RATE = 1_000;

/** How long calls stop when the server asks for a pause and does not say how long, in milliseconds. */
const PAUSE = 1_000;
/** How long they stop at most, however long it says. */
const LONGEST_PAUSE = 30_000;

interface Waiting {
  readonly signal: AbortSignal | undefined;
  readonly go: () => void;
  readonly refuse: (error: ApiError) => void;
}

/**
 * How many calls all that works in a process may send together. Never more than {@link RATE} · t +
 * {@link RATE} that are not urgent go out in any t seconds; who has to wait goes by lane, at the
 * latest after the 33 others that lanes.ts lets pass. Urgent calls neither wait nor count.
 *
 * When the server says that it has too much to do, all others stop for as long as it asks. They do
 * not wait for the end of that: they are refused, so that nobody keeps hold of a key that may turn
 * urgent meanwhile.
 */
export class RateLimit {
  readonly #clock: Pick<Clock, 'monotonic' | 'timer'>;
  readonly #lanes = new Lanes();
  readonly #waiting = new Map<string, Waiting>();
  #arrivals = 0;
  /** How many calls might have gone out at `#asOf`, beyond those that have. */
  #allowance = RATE;
  /** In the future during a pause. */
  #asOf: number;
  #timer: Timer | undefined;

  constructor(clock: Pick<Clock, 'monotonic' | 'timer'>) {
    this.#clock = clock;
    this.#asOf = clock.monotonic();
  }

  /**
   * Resolves when a call may go out.
   * @throws ApiError TooManyRequests in a pause; the signal's reason once that is aborted
   */
  async admit(lane: Lane, signal?: AbortSignal): Promise<void> {
    if (lane === 'urgent') return;
    const pause = this.#asOf - this.#clock.monotonic();
    if (pause > 0) throw refusal(pause);
    this.#refill();
    if (this.#lanes.size === 0 && this.#take()) return;
    const turn = Promise.withResolvers<void>();
    const place = String(this.#arrivals++);
    this.#waiting.set(place, { signal, go: turn.resolve, refuse: turn.reject });
    this.#lanes.add(place, lane);
    this.#await();
    await orAborted(turn.promise, signal);
  }

  /**
   * Resolves when the pause that there is now is over, or `signal` is aborted. For calls that may wait
   * and must not be refused: pauses that begin meanwhile do not count, so that nobody's refusals keep
   * them back for longer than one may last.
   */
  async sitOut(signal?: AbortSignal): Promise<void> {
    const pause = this.#asOf - this.#clock.monotonic();
    if (pause > 0) await sleep(pause, this.#clock, signal);
  }

  /** Takes in what the server answered: a pause where it asks for one, whoever it was that it refused. */
  heed({ reason, retryAfter }: ApiError): void {
    const wish = retryAfter ?? (reason === 'TooManyRequests' ? PAUSE : 0);
    if (wish <= 0) return;
    const pause = Math.min(wish, LONGEST_PAUSE);
    this.#asOf = Math.max(this.#asOf, this.#clock.monotonic() + pause);
    this.#allowance = 0;
    this.#timer?.cancel();
    this.#timer = undefined;
    for (let next = this.#lanes.shift(); next; next = this.#lanes.shift())
      this.#leave(next.key)?.refuse(refusal(pause));
  }

  #refill(): void {
    const now = this.#clock.monotonic();
    this.#allowance = Math.min(this.#allowance + ((now - this.#asOf) * RATE) / 1000, RATE);
    this.#asOf = now;
  }

  #take(): boolean {
    if (this.#allowance < 1) return false;
    this.#allowance -= 1;
    return true;
  }

  #await(): void {
    const delay = ((1 - this.#allowance) / RATE) * 1000;
    this.#timer ??= this.#clock.timer(Math.max(Math.ceil(delay), 1), () => this.#release());
  }

  #release(): void {
    this.#timer = undefined;
    this.#refill();
    while (this.#allowance >= 1) {
      const next = this.#lanes.shift();
      if (!next) return;
      const call = this.#leave(next.key);
      if (!call || call.signal?.aborted) continue;
      this.#take();
      call.go();
    }
    if (this.#lanes.size > 0) this.#await();
  }

  #leave(place: string): Waiting | undefined {
    const call = this.#waiting.get(place);
    this.#waiting.delete(place);
    return call;
  }
}

function refusal(pause: number): ApiError {
  return new ApiError('TooManyRequests', 'the API server has asked for a pause: refused unsent', { retryAfter: pause });
}
