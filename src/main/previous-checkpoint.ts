import type { Logger } from 'pino';
import { type Checkpoint, loadCheckpoint } from '../record/checkpoint.ts';
import type { Client } from '../runtime/client.ts';
import type { Clock } from '../runtime/clock.ts';
import { isApiError } from '../runtime/errors.ts';
import { sleep } from '../runtime/waiting.ts';

/** Between two tries to reach the API server, in milliseconds. */
const PAUSE = 1000;

interface Options {
  readonly client: Client;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/**
 * What an earlier process left, as soon as the API server can be asked. An operator that may not
 * read it works all the same: it delivers some Events again, and waits for a canary first.
 */
export async function previousCheckpoint({ client, clock, log, signal }: Options): Promise<Checkpoint> {
  let told = false;
  for (;;) {
    if (signal.aborted) return {};
    try {
      return await loadCheckpoint(client, signal);
    } catch (error) {
      // When the signal aborts the call, the next round notices.
      if (error === signal.reason) continue;
      if (!isApiError(error)) throw error;
      if (error.advice !== 'retry') {
        log.warn({ err: error }, 'no checkpoint, starting without one');
        return {};
      }
      if (!told) log.warn({ err: error }, 'the API server cannot be reached yet, trying again');
      told = true;
      await sleep(PAUSE, clock, signal);
    }
  }
}
