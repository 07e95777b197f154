import type { Logger } from 'pino';
import type { Clock } from '../runtime/clock.ts';
import { isApiError } from '../runtime/errors.ts';
import { sleep } from '../runtime/waiting.ts';

/** Between two tries to reach the API server, in milliseconds. */
const PAUSE = 1000;

export interface Reaching {
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/**
 * What `call` comes to as soon as the API server can be asked; undefined once `signal` is aborted.
 * @throws ApiError for an answer that waiting does not change
 */
export async function onceReachable<T>(
  call: (signal: AbortSignal) => Promise<T>,
  { clock, log, signal }: Reaching,
): Promise<T | undefined> {
  let told = false;
  for (;;) {
    if (signal.aborted) return undefined;
    try {
      return await call(signal);
    } catch (error) {
      // When the signal aborts the call, the next round notices.
      if (error === signal.reason) continue;
      if (!isApiError(error) || error.advice !== 'retry') throw error;
      if (!told) log.warn({ err: error }, 'the API server cannot be reached yet, trying again');
      told = true;
      await sleep(PAUSE, clock, signal);
    }
  }
}
