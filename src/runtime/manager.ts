import type { Logger } from 'pino';
import type { Clock } from './clock.ts';
import type { Resource } from './object.ts';
import { aborted, within } from './waiting.ts';

/** How long a stop goes on part by part, in milliseconds. After that all that is left is stopped at once. */
const ORDERLY = 12_000;
/** How long that may take, in milliseconds. Both are half of what Kubernetes gives a pod by default. */
const AT_ONCE = 3_000;

/** Something that works until its signal is aborted, and ends soon after. Ending before is a failure. */
export interface Runnable {
  readonly name: string;
  /** The resources whose stores it reads, and so waits for; all of them where none are named. */
  readonly reads?: readonly Resource[];
  run(signal: AbortSignal): Promise<void>;
}

/** The part of a `Reflector` that the manager needs. */
export interface Syncing {
  readonly resource: Resource;
  readonly hasSynced: boolean;
  readonly synced: Promise<void>;
  run(signal: AbortSignal): Promise<void>;
}

export interface ManagerOptions {
  clock: Clock;
  log: Logger;
  reflectors: readonly Syncing[];
  /** In the order in which they hand work on: they are started once the stores that they read are full, and stopped in this order. */
  runnables: readonly Runnable[];
}

interface Running {
  readonly name: string;
  readonly end: AbortController;
  readonly ended: Promise<void>;
  hasEnded: boolean;
}

/**
 * Starts and stops everything in order: first the reflectors, then what reads their stores, as soon
 * as those are full; at the end the readers one after the other, and the reflectors last. If one part
 * fails all are stopped: an operator that does half its work looks healthy and is not.
 */
export class Manager {
  readonly #options: ManagerOptions;
  readonly #stop = new AbortController();
  #phase: 'new' | 'starting' | 'running' | 'stopping' = 'new';
  #failure: Error | undefined;

  constructor(options: ManagerOptions) {
    this.#options = options;
  }

  /** Why the work cannot be done now; empty when it can. */
  ready(): readonly string[] {
    if (this.#phase === 'running') return [];
    if (this.#phase !== 'starting') return [this.#phase === 'new' ? 'not started' : 'stopping'];
    const waiting = this.#options.reflectors.filter(({ hasSynced }) => !hasSynced);
    return waiting.length === 0 ? ['starting'] : waiting.map(({ resource }) => `not synced: ${resource.plural}`);
  }

  /** False once a part has failed. */
  healthy(): boolean {
    return this.#failure === undefined;
  }

  /** Works until `signal` is aborted, then stops within 15 s. Rejects, after the same stop, if a part failed. Once only. */
  async run(signal: AbortSignal): Promise<void> {
    const { log, reflectors, runnables } = this.#options;
    this.#phase = 'starting';
    const stopAsked = Promise.race([aborted(signal), aborted(this.#stop.signal)]);
    const filling = reflectors.map((reflector) => {
      return this.#start({ name: `reflector ${reflector.resource.plural}`, run: (end) => reflector.run(end) });
    });
    const working = new Map<Runnable, Running>();
    const starting = runnables.map(async (runnable) => {
      await Promise.all(this.#feeding(runnable).map((reflector) => reflector.synced));
      if (this.#phase === 'starting') working.set(runnable, this.#start(runnable));
    });
    if (await Promise.race([Promise.all(starting), stopAsked])) {
      log.info({ resources: reflectors.map(({ resource }) => resource.plural) }, 'stores filled, starting work');
      this.#phase = 'running';
      await stopAsked;
    }
    this.#phase = 'stopping';
    log.info('stopping');
    await this.#end([...runnables.flatMap((runnable) => working.get(runnable) ?? []), ...filling]);
    if (this.#failure) throw this.#failure;
  }

  /** What fills the stores that it reads. */
  #feeding({ reads }: Runnable): readonly Syncing[] {
    const { reflectors } = this.#options;
    return reads ? reflectors.filter(({ resource }) => reads.includes(resource)) : reflectors;
  }

  #start(runnable: Runnable): Running {
    const { name } = runnable;
    const end = new AbortController();
    const ended = runnable.run(end.signal).then(
      () => {
        running.hasEnded = true;
        if (!end.signal.aborted) this.#fail(name, new Error(`${name} ended by itself`));
      },
      (error: unknown) => {
        running.hasEnded = true;
        this.#fail(name, error instanceof Error ? error : new Error(String(error)));
      },
    );
    const running: Running = { name, end, ended, hasEnded: false };
    return running;
  }

  #fail(name: string, error: Error): void {
    this.#options.log.error({ name, err: error }, 'part failed, stopping all');
    this.#failure ??= error;
    this.#stop.abort();
  }

  async #end(parts: readonly Running[]): Promise<void> {
    const { clock, log } = this.#options;
    const deadline = clock.monotonic() + ORDERLY;
    for (const { end, ended } of parts) {
      end.abort();
      await within(ended, Math.max(deadline - clock.monotonic(), 0), clock);
    }
    await within(Promise.all(parts.map(({ ended }) => ended)), AT_ONCE, clock);
    for (const { name, hasEnded } of parts) if (!hasEnded) log.warn({ name }, 'part did not stop in time');
  }
}
