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

/** A key on its place in a lane. */
interface Place {
  readonly key: string;
  readonly lane: Lane;
  previous: Place | undefined;
  next: Place | undefined;
}

/**
 * A linked list, because keys leave from the middle when they move up, and because taking the
 * first entry of a large Map over and over is quadratic in V8.
 */
class Line {
  first: Place | undefined;
  #last: Place | undefined;
  /** How often another lane went first while this one held something. */
  passed = 0;

  push(place: Place): void {
    place.previous = this.#last;
    if (this.#last) this.#last.next = place;
    else this.first = place;
    this.#last = place;
  }

  remove({ previous, next }: Place): void {
    if (previous) previous.next = next;
    else this.first = next;
    if (next) next.previous = previous;
    else this.#last = previous;
  }
}

/**
 * Keys in three first-in, first-out lanes, each key in one lane at most. Of what goes to those who
 * take any lane, the first of a lane is handed out after at most {@link PATIENCE} + 1 others,
 * however full the lanes above it are.
 */
export class Lanes {
  readonly #lines = { urgent: new Line(), normal: new Line(), low: new Line() } satisfies Record<Lane, Line>;
  readonly #places = new Map<string, Place>();

  get size(): number {
    return this.#places.size;
  }

  /** A key that waits already keeps its place, or moves to the end of `lane` if that is higher. */
  add(key: string, lane: Lane): void {
    const waiting = this.#places.get(key);
    if (waiting) {
      if (higherLane(waiting.lane, lane) === waiting.lane) return;
      this.#remove(waiting);
    }
    const place: Place = { key, lane, previous: undefined, next: undefined };
    this.#places.set(key, place);
    this.#lines[lane].push(place);
  }

  /** Takes out the key whose turn it is; with `only`, the first of that lane, which counts as no turn. */
  shift(only?: Lane): { key: string; lane: Lane } | undefined {
    const chosen = only ? this.#lines[only].first : this.#turn();
    if (!chosen) return undefined;
    this.#remove(chosen);
    return { key: chosen.key, lane: chosen.lane };
  }

  #turn(): Place | undefined {
    let chosen: Place | undefined;
    for (const lane of LANES) {
      const { first, passed } = this.#lines[lane];
      if (first && (!chosen || passed >= PATIENCE)) chosen = first;
    }
    if (!chosen) return undefined;
    for (const lane of LANES) {
      const line = this.#lines[lane];
      line.passed = lane === chosen.lane || !line.first ? 0 : line.passed + 1;
    }
    return chosen;
  }

  #remove(place: Place): void {
    this.#lines[place.lane].remove(place);
    this.#places.delete(place.key);
  }
}
