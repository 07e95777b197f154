import type { Logger } from 'pino';
import type { Clock } from './clock.ts';
import type { Resource } from './object.ts';
import { type Part, Parts, type RunningPart } from './parts.ts';
import { aborted } from './waiting.ts';

/** A part that reads stores. */
export interface Runnable extends Part {
  /** The resources whose stores it reads, and so waits for; all of them where none are named. */
  readonly reads?: readonly Resource[];
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

/**
 * Starts and stops everything in order: first the reflectors, then what reads their stores, as soon
 * as those are full; at the end the readers one after the other, and the reflectors last. If one part
 * fails all are stopped: an operator that does half its work looks healthy and is not.
 */
export class Manager {
  readonly #options: ManagerOptions;
  readonly #parts: Parts;
  #phase: 'new' | 'starting' | 'running' | 'stopping' = 'new';

  constructor(options: ManagerOptions) {
    this.#options = options;
    this.#parts = new Parts(options);
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
    return this.#parts.failure === undefined;
  }

  /** Works until `signal` is aborted, then stops within 15 s. Rejects, after the same stop, if a part failed. Once only. */
  async run(signal: AbortSignal): Promise<void> {
    const { log, reflectors, runnables } = this.#options;
    this.#phase = 'starting';
    const stopAsked = Promise.race([aborted(signal), aborted(this.#parts.failed)]);
    const filling = reflectors.map((reflector) => {
      return this.#parts.start({ name: `reflector ${reflector.resource.plural}`, run: (end) => reflector.run(end) });
    });
    const working = new Map<Runnable, RunningPart>();
    const starting = runnables.map(async (runnable) => {
      await Promise.all(this.#feeding(runnable).map((reflector) => reflector.synced));
      if (this.#phase === 'starting') working.set(runnable, this.#parts.start(runnable));
    });
    if (await Promise.race([Promise.all(starting), stopAsked])) {
      log.info({ resources: reflectors.map(({ resource }) => resource.plural) }, 'stores filled, starting work');
      this.#phase = 'running';
      await stopAsked;
    }
    this.#phase = 'stopping';
    log.info('stopping');
    await this.#parts.end([...runnables.flatMap((runnable) => working.get(runnable) ?? []), ...filling]);
    if (this.#parts.failure) throw this.#parts.failure;
  }

  /** What fills the stores that it reads. */
  #feeding({ reads }: Runnable): readonly Syncing[] {
    const { reflectors } = this.#options;
    return reads ? reflectors.filter(({ resource }) => reads.includes(resource)) : reflectors;
  }
}
