/** What the store keeps of one object. Its identity outlives updates, so indexes need not change with them. */
export interface Entry<T> {
  readonly key: string;
  readonly uid: string;
  version: string;
  item: T;
  /** An own write's reply that the watch has not caught up with. */
  noted: boolean;
}

/** Entries by the values that a function of the item gives. */
export class StoreIndex<T> {
  readonly valuesOf: (item: T) => readonly string[];
  /** Most values have one entry: a Set for each would take more memory than the entries do. */
  readonly #buckets = new Map<string, Entry<T> | Set<Entry<T>>>();

  constructor(valuesOf: (item: T) => readonly string[]) {
    this.valuesOf = valuesOf;
  }

  list(value: string): T[] {
    const bucket = this.#buckets.get(value);
    if (!bucket) return [];
    return bucket instanceof Set ? Array.from(bucket, itemOf) : [bucket.item];
  }

  /** Moves `entry` from its `before` values to its `after` values. */
  move(entry: Entry<T>, before: readonly string[], after: readonly string[]): void {
    for (const value of before) if (!after.includes(value)) this.#remove(entry, value);
    for (const value of after) if (!before.includes(value)) this.#add(entry, value);
  }

  #add(entry: Entry<T>, value: string): void {
    const bucket = this.#buckets.get(value);
    if (bucket instanceof Set) bucket.add(entry);
    else if (!bucket) this.#buckets.set(value, entry);
    else if (bucket !== entry) this.#buckets.set(value, new Set([bucket, entry]));
  }

  #remove(entry: Entry<T>, value: string): void {
    const bucket = this.#buckets.get(value);
    if (bucket === entry) this.#buckets.delete(value);
    if (!(bucket instanceof Set)) return;
    bucket.delete(entry);
    if (bucket.size === 0) this.#buckets.delete(value);
  }
}

function itemOf<T>({ item }: Entry<T>): T {
  return item;
}
