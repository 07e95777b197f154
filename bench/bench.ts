import type { Sizes } from './sizes.ts';
import { type Arena, openArena, takeTurn } from './world/arena.ts';
import { liveMany } from './world/life.ts';

/** One run: how much is to be done, and what scenarios share. */
export class Bench implements AsyncDisposable {
  readonly sizes: Sizes;
  /** A folder for profiles of the operator's processor time. */
  readonly profile: string | undefined;
  #arena: Promise<Arena> | undefined;

  constructor(sizes: Sizes, profile?: string) {
    this.sizes = sizes;
    this.profile = profile;
  }

  /** Where operator and floor take turns: one for all scenarios, in which both have done some work before. */
  arena(): Promise<Arena> {
    this.#arena ??= this.#open();
    return this.#arena;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const arena = await this.#arena?.catch(() => undefined); // whoever asked for it has heard
    await arena?.[Symbol.asyncDispose]();
  }

  /** The operator proves its fuse before it grants anything, and both get their code compiled. */
  async #open(): Promise<Arena> {
    const arena = await openArena(this.profile);
    const many = { lives: this.sizes.warmUp, atOnce: 16 };
    for (const side of [arena.operator, arena.floor]) await takeTurn(side, (each) => liveMany(each, many));
    return arena;
  }
}
