import type { Logger } from 'pino';
import type { Clock } from './clock.ts';
import { aborted, within } from './waiting.ts';

/** How long the end of parts may take, in milliseconds. */
interface Bound {
  /** Part by part. After that all that is left is ended at once. */
  readonly orderly: number;
  readonly atOnce: number;
}

/** Half of what Kubernetes gives a pod by default. */
const WHOLE: Bound = { orderly: 12_000, atOnce: 3_000 };
/**
 * For what one of those parts consists of. What a leader does ends soon enough for an answer about
 * its Lease that is under way, and for giving that up, 3 s each.
 */
const WITHIN_ONE: Bound = { orderly: 6_000, atOnce: 2_000 };

/** Something that works until its signal is aborted, and ends soon after. Ending before is a failure. */
export interface Part {
  readonly name: string;
  run(signal: AbortSignal): Promise<void>;
}

export interface RunningPart {
  readonly name: string;
  readonly end: AbortController;
  readonly ended: Promise<void>;
  hasEnded: boolean;
}

/** Parts that stand and fall together. */
export class Parts {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #failed = new AbortController();
  #failure: Error | undefined;

  constructor({ clock, log }: { clock: Clock; log: Logger }) {
    this.#clock = clock;
    this.#log = log;
  }

  /** Aborted when a part has failed. */
  get failed(): AbortSignal {
    return this.#failed.signal;
  }

  /** What failed first. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  start(part: Part): RunningPart {
    const { name } = part;
    const end = new AbortController();
    const ended = part.run(end.signal).then(
      () => {
        running.hasEnded = true;
        if (!end.signal.aborted) this.#fail(name, new Error(`${name} ended by itself`));
      },
      (error: unknown) => {
        running.hasEnded = true;
        this.#fail(name, error instanceof Error ? error : new Error(String(error)));
      },
    );
    const running: RunningPart = { name, end, ended, hasEnded: false };
    return running;
  }

  /** Ends these one after the other, within 15 s where no other bound is given. */
  async end(parts: readonly RunningPart[], { orderly, atOnce } = WHOLE): Promise<void> {
    const deadline = this.#clock.monotonic() + orderly;
    for (const { end, ended } of parts) {
      end.abort();
      await within(ended, Math.max(deadline - this.#clock.monotonic(), 0), this.#clock);
    }
    await within(Promise.all(parts.map(({ ended }) => ended)), atOnce, this.#clock);
    for (const { name, hasEnded } of parts) if (!hasEnded) this.#log.warn({ name }, 'part did not stop in time');
  }

  #fail(name: string, error: Error): void {
    this.#log.error({ name, err: error }, 'part failed, stopping all');
    this.#failure ??= error;
    this.#failed.abort();
  }
}

/**
 * Runs the parts of a part until `signal` is aborted, then ends them in their order, within 8 s; starts
 * none where it has been already. If one fails all are ended: then rejects with what it failed with.
 */
export async function runParts(
  parts: readonly Part[],
  signal: AbortSignal,
  options: { clock: Clock; log: Logger },
): Promise<void> {
  if (signal.aborted) return;
  const all = new Parts(options);
  const running = parts.map((part) => all.start(part));
  await Promise.race([aborted(signal), aborted(all.failed)]);
  await all.end(running, WITHIN_ONE);
  if (all.failure) throw all.failure;
}
