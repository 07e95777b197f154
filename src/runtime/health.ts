/** Something that has not got on for longer than it ever takes. */
export interface Stall {
  /** Such as `reflector jobs`. */
  readonly part: string;
  /** What it is at, for the log alone: it may name who is concerned. */
  readonly key?: string;
  /** For how long, in milliseconds. */
  readonly ms: number;
}

/** What works on something, and can tell when it is stuck. */
interface Watched {
  readonly stall: Stall | undefined;
}

/**
 * Knows what is at work in this process, and what of it is stuck: by a promise that nobody settles,
 * which no timeout of ours ends and only a restart mends. That the API server is away makes nothing
 * stuck: calls end all the same, and are tried again.
 *
 * After a process was held up as a whole something may seem stuck for the moment that it needs to
 * wake up. Whoever restarts it should ask more than once, as a kubelet does.
 */
export class Health {
  readonly #watched = new Set<Watched>();

  /** Watches over what is at work, until what this returns is called. */
  watch(part: Watched): () => void {
    this.#watched.add(part);
    return () => void this.#watched.delete(part);
  }

  get stalls(): readonly Stall[] {
    return Array.from(this.#watched, ({ stall }) => stall).filter((stall) => stall !== undefined);
  }
}
