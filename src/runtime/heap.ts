/** Something that falls due. The heap keeps `position` up to date; nobody else may touch it. */
export interface Due {
  at: number;
  position: number;
}

/** A binary heap, earliest first, from whose middle entries can be removed in O(log n). */
export class Heap<T extends Due> {
  readonly #entries: T[] = [];

  get size(): number {
    return this.#entries.length;
  }

  get first(): T | undefined {
    return this.#entries[0];
  }

  push(entry: T): void {
    entry.position = this.#entries.length;
    this.#entries.push(entry);
    this.#up(entry);
  }

  /** `entry` must be in the heap. */
  remove(entry: T): void {
    const last = this.#entries.pop();
    if (!last || last === entry) return;
    this.#put(last, entry.position);
    this.#up(last);
    this.#down(last);
  }

  #up(entry: T): void {
    while (entry.position > 0) {
      const parent = this.#entries[(entry.position - 1) >> 1];
      if (!parent || parent.at <= entry.at) return;
      this.#swap(entry, parent);
    }
  }

  #down(entry: T): void {
    for (;;) {
      const left = this.#entries[2 * entry.position + 1];
      const right = this.#entries[2 * entry.position + 2];
      const earlier = left && right && right.at < left.at ? right : left;
      if (!earlier || earlier.at >= entry.at) return;
      this.#swap(entry, earlier);
    }
  }

  #swap(one: T, other: T): void {
    const { position } = one;
    this.#put(one, other.position);
    this.#put(other, position);
  }

  #put(entry: T, position: number): void {
    entry.position = position;
    this.#entries[position] = entry;
  }
}
