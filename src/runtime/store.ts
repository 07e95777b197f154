import type { Logger } from 'pino';
import type { WatchEvent } from './client.ts';
import { CommonTexts } from './common-texts.ts';
import type { KubernetesObject, ObjectMeta, Resource } from './object.ts';
import { compareVersions } from './resource-version.ts';
import { type Entry, StoreIndex } from './store-index.ts';
import { type Incoming, Reader } from './store-read.ts';

/** `before` is absent for an addition, `after` for a removal. */
export interface Change<T> {
  readonly key: string;
  readonly before?: T;
  readonly after?: T;
}

export interface StoreOptions<T, Index extends string> {
  resource: Resource;
  /**
   * Makes of an object what the store keeps of it. An object that it throws for counts as absent,
   * with an error in the log; what must be seen though it cannot be understood has to be given a
   * form of its own. It is given no `managedFields`. What it returns is data, without cycles or
   * accessors; of its plain objects and arrays those that are not frozen have their texts put into
   * the place of others that are alike.
   */
  read: (object: KubernetesObject) => T;
  /** The values under which `list` finds an item. Pure: asked again for the same item, they say the same. */
  indexes?: Readonly<Record<Index, (item: T) => readonly string[]>>;
  /** What stores that hold the same texts have in common; its own where not given. */
  texts?: Pick<CommonTexts, 'share'>;
  log: Logger;
}

/** A full list on its way into the store, page by page; nothing shows before `commit`. */
export interface Replacement {
  add(object: KubernetesObject): void;
  /** For what has gone again meanwhile. */
  remove(object: KubernetesObject): void;
  commit(resourceVersion: string): void;
}

/**
 * The objects of one resource as the watch reports them and own writes left them. Items are
 * shared, never copied: nobody may change one.
 *
 * An own write is noted with the server's reply, so that the next reconcile sees it even if the
 * watch lags. The note wins until the watch has passed its resourceVersion; from then on the watch
 * alone counts, and a noted object that it has not shown by then is dropped (someone deleted it,
 * or it is outside the selection). An own deletion hides an object until the watch has seen it too.
 * A list knows of all that was noted before it was asked for: of that, it alone counts.
 */
export class Store<T extends { metadata: ObjectMeta }, Index extends string = string> {
  readonly resource: Resource;
  readonly #log: Logger;
  readonly #reader: Reader<T>;
  readonly #indexes: ReadonlyMap<string, StoreIndex<T>>;
  readonly #byKey = new Map<string, Entry<T>>();
  readonly #byUid = new Map<string, Entry<T>>();
  readonly #listeners = new Set<(change: Change<T>) => void>();
  /** Noted entries in about the order of their versions. */
  readonly #noted = new Set<Entry<T>>();
  /** Own deletions that the watch has not shown, by uid, with the last version known. */
  readonly #tombstones = new Map<string, string>();
  /** How far the watch has come. */
  #watched = '';

  constructor({ resource, read, indexes, texts = new CommonTexts(), log }: StoreOptions<T, Index>) {
    this.resource = resource;
    this.#log = log;
    const functions = Object.entries<(item: T) => readonly string[]>(indexes ?? {});
    this.#indexes = new Map(functions.map(([name, valuesOf]) => [name, new StoreIndex(valuesOf)]));
    this.#reader = new Reader({ resource, read, indexes: [...this.#indexes.values()], texts, log });
  }

  get size(): number {
    return this.#byKey.size;
  }

  /** `key` as `keyOf` spells it. */
  get(key: string): T | undefined {
    return this.#byKey.get(key)?.item;
  }

  byUid(uid: string): T | undefined {
    return this.#byUid.get(uid)?.item;
  }

  /** The items under one value of an index, in no particular order. */
  list(index: Index, value: string): readonly T[] {
    const found = this.#indexes.get(index);
    if (!found) throw new RangeError(`no index ${index} of ${this.resource.plural}`);
    return found.list(value);
  }

  *values(): IterableIterator<T> {
    for (const { item } of this.#byKey.values()) yield item;
  }

  /**
   * Calls back with every change, once per version, in order. A removed and re-created object is a
   * removal and an addition. Returns what ends the subscription.
   */
  subscribe(listener: (change: Change<T>) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Takes in what the watch says. Events must come in the watch's order. */
  apply(event: WatchEvent): void {
    if (event.type === 'BOOKMARK') {
      this.#passed(event.resourceVersion);
      return;
    }
    const incoming = this.#reader.identify(event.object);
    if (!incoming) return;
    if (event.type === 'DELETED') this.#watchedDeletion(incoming);
    else this.#arrive(incoming);
    this.#passed(incoming.version);
  }

  /**
   * Makes the store equal to a full list that is asked for after this call, and that shows the newest
   * state. Keeps what the store needs of each object, not the object; one that the store has in the
   * same version is the same.
   */
  replacement(): Replacement {
    const listed = new Map<string, Incoming<T>>();
    const noted = new Map(Array.from(this.#noted, (entry) => [entry, entry.version]));
    const hidden = new Set(this.#tombstones.keys());
    return {
      add: (object) => {
        const incoming = this.#reader.identify(object);
        if (!incoming) return;
        const known = this.#byUid.get(incoming.uid)?.version === incoming.version;
        if (known) incoming.object = undefined;
        else this.#reader.read(incoming);
        listed.set(incoming.key, incoming);
      },
      remove: (object) => {
        const incoming = this.#reader.identify(object);
        if (incoming) listed.delete(incoming.key);
      },
      commit: (resourceVersion) => {
        for (const [entry, version] of noted) if (entry.version === version) this.#confirm(entry);
        for (const uid of hidden) this.#tombstones.delete(uid);
        this.#commit(listed, resourceVersion);
      },
    };
  }

  /** Takes in the reply to an own write. */
  note(object: KubernetesObject): void {
    const incoming = this.#reader.identify(object);
    if (!incoming || this.#tombstones.has(incoming.uid)) return;
    if (compareVersions(incoming.version, this.#watched) <= 0) return;
    const known = this.#byKey.get(incoming.key);
    if (known && compareVersions(incoming.version, known.version) <= 0) return;
    // Whoever had the name before is gone, though the watch may have yet to show how it came.
    if (known && known.uid !== incoming.uid) this.noteDeleted(known.uid);
    this.#put(incoming, true);
  }

  /** Takes in that an own deletion went through, or found nothing left to delete. */
  noteDeleted(uid: string): void {
    const entry = this.#byUid.get(uid);
    // Unknown means that the watch was faster, and will not mention this uid again.
    if (!entry) return;
    this.#tombstones.set(uid, entry.version);
    this.#remove(entry);
  }

  #commit(listed: ReadonlyMap<string, Incoming<T>>, resourceVersion: string): void {
    for (const entry of this.#byKey.values()) {
      const newer = entry.noted && compareVersions(entry.version, resourceVersion) > 0;
      if (!newer && listed.get(entry.key)?.uid !== entry.uid) this.#remove(entry);
    }
    const uids = new Set<string>();
    for (const incoming of listed.values()) {
      uids.add(incoming.uid);
      this.#arrive(incoming);
    }
    for (const [uid, version] of this.#tombstones) {
      if (!uids.has(uid) && compareVersions(version, resourceVersion) <= 0) this.#tombstones.delete(uid);
    }
    this.#passed(resourceVersion);
  }

  #arrive(incoming: Incoming<T>): void {
    if (this.#tombstones.has(incoming.uid)) return;
    const known = this.#byKey.get(incoming.key);
    if (known?.noted && compareVersions(incoming.version, known.version) < 0) return;
    if (known?.uid === incoming.uid && known.version === incoming.version) this.#confirm(known);
    else this.#put(incoming, false);
  }

  #watchedDeletion({ uid, version }: Incoming<T>): void {
    this.#tombstones.delete(uid);
    const entry = this.#byUid.get(uid);
    if (!entry || (entry.noted && compareVersions(entry.version, version) > 0)) return;
    this.#remove(entry);
  }

  #passed(version: string): void {
    this.#watched = version;
    for (const entry of this.#noted) {
      if (compareVersions(entry.version, version) > 0) return;
      this.#remove(entry);
    }
  }

  #confirm(entry: Entry<T>): void {
    entry.noted = false;
    this.#noted.delete(entry);
  }

  #put(incoming: Incoming<T>, noted: boolean): void {
    const read = this.#reader.read(incoming);
    let entry = this.#byKey.get(incoming.key);
    if (entry && (!read || entry.uid !== incoming.uid)) {
      this.#remove(entry);
      entry = undefined;
    }
    if (!read) return;
    const { key, uid, version } = incoming;
    const { item, values } = read;
    if (entry) {
      const before = entry.item;
      entry.version = version;
      entry.item = item;
      this.#reindex(entry, before, values);
      this.#mark(entry, noted);
      this.#tell({ key, before, after: item });
      return;
    }
    entry = { key, uid, version, item, noted };
    this.#byKey.set(key, entry);
    this.#byUid.set(uid, entry);
    this.#reindex(entry, undefined, values);
    this.#mark(entry, noted);
    this.#tell({ key, after: item });
  }

  #reindex(entry: Entry<T>, before: T | undefined, values: readonly (readonly string[])[]): void {
    let position = 0;
    for (const index of this.#indexes.values()) {
      index.move(entry, before === undefined ? [] : index.valuesOf(before), values[position] ?? []);
      position++;
    }
  }

  #tell(change: Change<T>): void {
    for (const listener of this.#listeners) {
      try {
        listener(change);
      } catch (error) {
        this.#log.error({ resource: this.resource.plural, key: change.key, err: error }, 'store listener failed');
      }
    }
  }

  #mark(entry: Entry<T>, noted: boolean): void {
    entry.noted = noted;
    this.#noted.delete(entry);
    if (noted) this.#noted.add(entry);
  }

  #remove(entry: Entry<T>): void {
    this.#byKey.delete(entry.key);
    this.#byUid.delete(entry.uid);
    this.#noted.delete(entry);
    this.#reindex(entry, entry.item, []);
    this.#tell({ key: entry.key, before: entry.item });
  }
}
