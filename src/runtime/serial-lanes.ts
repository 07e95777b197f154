import { higherLane, type Lane, Lanes } from './lanes.ts';

/** Keys of which one is out at a time. */
interface Series {
  readonly name: string;
  /** The one that waits for all of them, or is out. */
  ahead: string;
  isOut: boolean;
  readonly behind: Lanes;
}

/**
 * Lanes (lanes.ts) in which keys may belong to series: of the keys of one series a single one is out
 * at a time, from `shift` to `done`. It waits as any other key does; those behind it wait for its
 * `done`, and have their turns by the rules of lanes. As long as it waits, it does so in the highest
 * lane of them all: what is pressing never waits for what has time.
 */
export class SerialLanes {
  readonly #lanes: Lanes;
  readonly #seriesOf: (key: string) => string | undefined;
  readonly #named = new Map<string, Series>();
  /** What keys that wait or are out belong to. */
  readonly #series = new Map<string, Series>();

  /** Both are asked when a key is added that does not wait already; undefined is a key of no series. */
  constructor(flowOf?: (key: string) => string, seriesOf: (key: string) => string | undefined = () => undefined) {
    this.#lanes = new Lanes(flowOf);
    this.#seriesOf = seriesOf;
  }

  get size(): number {
    const { urgent, normal, low } = this.sizes;
    return urgent + normal + low;
  }

  /** How many keys wait in each. */
  get sizes(): Record<Lane, number> {
    const sizes = this.#lanes.sizes;
    for (const { behind } of this.#named.values()) {
      const { urgent, normal, low } = behind.sizes;
      sizes.urgent += urgent;
      sizes.normal += normal;
      sizes.low += low;
    }
    return sizes;
  }

  /** As `Lanes.add`. A key that is out must not be added before it is done. */
  add(key: string, lane: Lane): boolean {
    const series = this.#lanes.has(key) ? undefined : (this.#series.get(key) ?? this.#join(key));
    if (!series || series.ahead === key) return this.#lanes.add(key, lane);
    const isNew = series.behind.add(key, lane);
    if (!series.isOut) this.#lanes.add(series.ahead, lane);
    return isNew;
  }

  /** As `Lanes.shift`. */
  shift(only?: Lane): { key: string; lane: Lane } | undefined {
    const taken = this.#lanes.shift(only);
    const series = taken && this.#series.get(taken.key);
    if (series) series.isOut = true;
    return taken;
  }

  /** A key that was taken is back. */
  done(key: string): void {
    const series = this.#series.get(key);
    if (!series) return;
    this.#series.delete(key);
    const next = series.behind.shift();
    if (!next) {
      this.#named.delete(series.name);
      return;
    }
    series.ahead = next.key;
    series.isOut = false;
    const { urgent, normal } = series.behind.sizes;
    const highest = urgent > 0 ? 'urgent' : normal > 0 ? 'normal' : 'low';
    this.#lanes.add(next.key, higherLane(next.lane, highest));
  }

  #join(key: string): Series | undefined {
    const name = this.#seriesOf(key);
    if (name === undefined) return undefined;
    const series = this.#named.get(name) ?? { name, ahead: key, isOut: false, behind: new Lanes() };
    this.#named.set(name, series);
    this.#series.set(key, series);
    return series;
  }
}
