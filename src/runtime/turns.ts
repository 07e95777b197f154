import type { Clock } from './clock.ts';

/** How long work may go on before timers and I/O have their turn, in milliseconds. */
export const TURN = 5;

/**
 * Work that waits for nothing outside goes from promise to promise, and neither timers nor I/O
 * come in between. Workers that do such work in pieces ask here before each: what falls due meanwhile
 * waits for {@link TURN} and at most two pieces of each worker, not for all there is to do. Node
 * looks at timers last, so for them it may be twice that.
 */
export class Turns {
  readonly #clock: Pick<Clock, 'monotonic' | 'turn'>;
  /** When work began in this turn; undefined while there was none. */
  #began: number | undefined;
  #next = Promise.resolve();

  constructor(clock: Pick<Clock, 'monotonic' | 'turn'>) {
    this.#clock = clock;
  }

  /** Resolves when there is time for a piece of work: at once, or in a turn that follows. */
  async own(): Promise<void> {
    while (this.#isOver()) await this.#next;
  }

  #isOver(): boolean {
    const now = this.#clock.monotonic();
    if (this.#began === undefined) {
      this.#began = now;
      this.#next = this.#clock.turn().then(() => {
        this.#began = undefined;
      });
    }
    return now - this.#began >= TURN;
  }
}
