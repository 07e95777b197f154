import { setTimeout as pause } from 'node:timers/promises';
import { StoryError } from './failure.ts';

/** Between two looks, in milliseconds. */
const PAUSE = 100;

/** How long to wait for something, and what it is, for the message when it does not come. */
export interface Patience {
  /** Completes "… within N s", such as `the operator is not ready`. */
  readonly otherwise: string;
  readonly seconds: number;
  readonly signal: AbortSignal;
}

/**
 * Asks until there is an answer that is not a `miss`, for what no watch can tell. Rejects with the
 * last miss where none comes in time.
 */
export async function until<T>(ask: () => Promise<{ found: T } | { miss: string }>, patience: Patience): Promise<T> {
  const late = AbortSignal.timeout(patience.seconds * 1000);
  for (;;) {
    patience.signal.throwIfAborted();
    const answer = await ask();
    if ('found' in answer) return answer.found;
    if (late.aborted) throw tooLate(patience, answer.miss);
    await pause(PAUSE, undefined, { signal: patience.signal }).catch(() => patience.signal.throwIfAborted());
  }
}

/** What did not come in time, and what was seen instead. */
export function tooLate({ otherwise, seconds }: Pick<Patience, 'otherwise' | 'seconds'>, seen: string): StoryError {
  return new StoryError(`${otherwise} within ${seconds} s; seen last: ${seen}`);
}
