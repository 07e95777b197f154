/**
 * Time as the runtime and everything above it sees it, injected so that tests own it. Nothing
 * outside this folder calls `Date.now`, `setTimeout` or their kin.
 */
export interface Clock {
  /** Wall time. May step in either direction. */
  now(): Date;
  /** Milliseconds on a clock that never goes back; only differences mean anything. */
  monotonic(): number;
  /** Calls back once, no earlier than `delay` ms from now; at most 24.8 days, the limit of a Node timer. */
  timer(delay: number, callback: () => void): Timer;
  /** Resolves once timers and I/O that are due have had their turn. */
  turn(): Promise<void>;
}

/** A pending callback. Cancelling twice, or after it fired, does nothing. */
export interface Timer {
  cancel(): void;
}

/** The machine's own clock. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => new Date(),
  monotonic: () => performance.now(),
  timer(delay, callback) {
    const handle = setTimeout(callback, delay);
    handle.unref();
    return { cancel: () => clearTimeout(handle) };
  },
  turn: () => new Promise((resolve) => void setImmediate(resolve)),
};

/** The same for a command that may have nothing but the time to wait for: its timers keep the process alive. */
export const commandClock: Clock = {
  ...systemClock,
  timer(delay, callback) {
    const handle = setTimeout(callback, delay);
    return { cancel: () => clearTimeout(handle) };
  },
};
