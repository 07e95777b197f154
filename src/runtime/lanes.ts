import { Flows } from './flows.ts';

/** How pressing a key is. What ends something goes before what starts something, the rest after both. */
export type Lane = 'urgent' | 'normal' | 'low';

const LANES = ['urgent', 'normal', 'low'] as const satisfies readonly Lane[];

/**
 * How often a lane with something in it may be passed over. Lanes are strict until then: while
 * higher lanes are full, every 33rd key or so comes from a lower one.
 */
export const PATIENCE = 32;

/** The more pressing of two lanes. */
export function higherLane(one: Lane, other: Lane): Lane {
  return LANES.indexOf(one) <= LANES.indexOf(other) ? one : other;
}

/** What waits in one lane. */
class Track {
  readonly keys = new Flows();
  /** How often another lane went first while this one held something. */
  passed = 0;
}

/**
 * Keys in three lanes, each key in one lane at most; within a lane flows take turns (flows.ts). Of
 * what goes to those who take any lane, the first of a lane is handed out after at most
 * {@link PATIENCE} + 1 others, however full the lanes above it are.
 */
export class Lanes {
  readonly #tracks = { urgent: new Track(), normal: new Track(), low: new Track() } satisfies Record<Lane, Track>;
  readonly #lanes = new Map<string, Lane>();
  readonly #flowOf: (key: string) => string;

  /** `flowOf` is asked when a key is added; all are of one flow where it is not given. */
  constructor(flowOf: (key: string) => string = () => '') {
    this.#flowOf = flowOf;
  }

  get size(): number {
    return this.#lanes.size;
  }

  has(key: string): boolean {
    return this.#lanes.has(key);
  }

  /** How many keys there are in each. */
  get sizes(): Record<Lane, number> {
    const { urgent, normal, low } = this.#tracks;
    return { urgent: urgent.keys.size, normal: normal.keys.size, low: low.keys.size };
  }

  /**
   * A key that waits already keeps its place, or moves to the end of `lane` if that is higher.
   * Returns whether it is new there.
   */
  add(key: string, lane: Lane): boolean {
    const waiting = this.#lanes.get(key);
    if (waiting) {
      if (higherLane(waiting, lane) === waiting) return false;
      this.#tracks[waiting].keys.remove(key);
    }
    this.#lanes.set(key, lane);
    this.#tracks[lane].keys.add(key, this.#flowOf(key));
    return true;
  }

  /** Takes out the key whose turn it is; with `only`, the first of that lane, which counts as no turn. */
  shift(only?: Lane): { key: string; lane: Lane } | undefined {
    const lane = only ?? this.#turn();
    if (!lane) return undefined;
    const key = this.#tracks[lane].keys.shift();
    if (key === undefined) return undefined;
    this.#lanes.delete(key);
    return { key, lane };
  }

  #turn(): Lane | undefined {
    let chosen: Lane | undefined;
    for (const lane of LANES) {
      const { keys, passed } = this.#tracks[lane];
      if (keys.size > 0 && (!chosen || passed >= PATIENCE)) chosen = lane;
    }
    if (!chosen) return undefined;
    for (const lane of LANES) {
      const track = this.#tracks[lane];
      track.passed = lane === chosen || track.keys.size === 0 ? 0 : track.passed + 1;
    }
    return chosen;
  }
}
