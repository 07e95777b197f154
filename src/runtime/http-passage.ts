import type { Dispatcher } from 'undici';
import type { Clock, Timer } from './clock.ts';
import { ApiError } from './errors.ts';
import { errorFromFailure } from './http-errors.ts';

export interface PassageOptions {
  /** Whether the call is to change something. */
  readonly write: boolean;
  /** In milliseconds. */
  readonly timeout: number;
  readonly signal: AbortSignal | undefined;
  /** See `CallOptions`. */
  readonly fence?: (() => void) | undefined;
}

/** One call on its way: how long it may take, who ends it, and whether anything of it has gone out. */
export class Passage {
  readonly #options: PassageOptions;
  readonly #end = new AbortController();
  readonly #timer: Timer;
  readonly #abort: () => void;
  /** Whether its first byte was handed to a connection: before that nothing can have happened. */
  #sent = false;
  /** What the fence threw. */
  #refusal: Error | undefined;

  constructor(clock: Clock, options: PassageOptions) {
    const { timeout, signal } = options;
    this.#options = options;
    this.#abort = () => this.#end.abort(signal?.reason);
    this.#timer = clock.timer(timeout, () => {
      const maybeDone = this.#maybeDone;
      this.#end.abort(new ApiError('Unavailable', `no answer within ${timeout / 1000} s`, { maybeDone }));
    });
    if (signal?.aborted) this.#abort();
    signal?.addEventListener('abort', this.#abort);
  }

  /** Aborted when the time is over or the caller's signal is. AbortSignal.any would hold on to long-lived signals. */
  get signal(): AbortSignal {
    return this.#end.signal;
  }

  /**
   * To be called when the call has its connection and its turn on it, right before all of it is
   * written in the same breath. Where it was given up meanwhile, or the fence throws, it returns
   * what the call is to be aborted with: then not a byte of it goes out.
   */
  start(): Error | undefined {
    if (this.signal.aborted) return new Error('given up');
    this.#refusal = refusalOf(this.#options.fence);
    this.#sent = this.#refusal === undefined;
    return this.#refusal;
  }

  /** The dispatcher, for this call: it asks {@link start}. */
  through(dispatcher: Dispatcher): Dispatcher {
    return dispatcher.compose((dispatch) => (options, handler) => {
      const start = handler.onRequestStart?.bind(handler);
      // https://undici.nodejs.org/#/docs/api/Dispatcher (DispatchHandler)
      handler.onRequestStart = (controller, context) => {
        const refusal = this.start();
        if (refusal) controller.abort(refusal);
        else start?.(controller, context);
      };
      return dispatch(options, handler);
    });
  }

  /**
   * What a failure of the call comes to: the fence's refusal, whatever its asking has brought to light; the signal's
   * reason where that ended it, be it the caller's or our timeout; else what the failure means.
   */
  failure(error: unknown): unknown {
    if (this.#refusal) return this.#refusal;
    return this.signal.aborted ? this.signal.reason : errorFromFailure(error, { maybeDone: this.#maybeDone });
  }

  /** From now on only the caller's signal counts. */
  extend(): void {
    this.#timer.cancel();
  }

  cancel(): void {
    this.#timer.cancel();
    this.#options.signal?.removeEventListener('abort', this.#abort);
  }

  get #maybeDone(): boolean {
    return this.#sent && this.#options.write;
  }
}

function refusalOf(fence: (() => void) | undefined): Error | undefined {
  try {
    fence?.();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
