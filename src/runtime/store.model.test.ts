import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { WatchEvent } from './client.ts';
import { type KubernetesObject, keyOf, type Resource } from './object.ts';
import { type Replacement, Store } from './store.ts';
import { testLog } from './test-log.ts';

const resource = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  namespaced: false,
} satisfies Resource;

type ObjectEvent = Exclude<WatchEvent, { type: 'BOOKMARK' }>;

/** A server as simple as it can be: what exists, and how it came to be. */
class Model {
  readonly objects = new Map<string, KubernetesObject>();
  readonly history: ObjectEvent[] = [];
  revision = 1;
  #uids = 0;

  write(name: string): KubernetesObject {
    const known = this.objects.get(name);
    const uid = known?.metadata.uid ?? `uid-${++this.#uids}`;
    const object = { metadata: { name, uid, resourceVersion: String(++this.revision) } };
    this.objects.set(name, object);
    this.history.push({ type: known ? 'MODIFIED' : 'ADDED', object });
    return object;
  }

  delete(name: string): string | undefined {
    const known = this.objects.get(name);
    if (!known) return undefined;
    this.objects.delete(name);
    const object = { metadata: { ...known.metadata, resourceVersion: String(++this.revision) } };
    this.history.push({ type: 'DELETED', object });
    return known.metadata.uid;
  }

  /** What happened first after `revision`. */
  after(revision: number): ObjectEvent | undefined {
    return this.history.find(({ object }) => versionOf(object) > revision);
  }
}

/** What a reflector does: it fills the store from a watch, and from lists between two of them. */
class Feed {
  readonly #server: Model;
  readonly #store: Pick<Store<KubernetesObject>, 'apply' | 'replacement'>;
  /** How far the watch has come. */
  #watched = 1;
  /** A list under way: what is to come of it, and the revision that it shows, which moves on with the events after that. */
  #list: { readonly replacement: Replacement; readonly rest: KubernetesObject[]; revision: number } | undefined;

  constructor(server: Model, store: Pick<Store<KubernetesObject>, 'apply' | 'replacement'>) {
    this.#server = server;
    this.#store = store;
  }

  /** Takes what comes next. Returns whether there was anything. */
  next(): boolean {
    const object = this.#list?.rest.shift();
    const event = object ? undefined : this.#server.after(this.#list?.revision ?? this.#watched);
    if (object) this.#list?.replacement.add(object);
    if (!event) return object !== undefined;
    if (!this.#list) {
      this.#store.apply(event);
      this.#watched = versionOf(event.object);
      return true;
    }
    if (event.type === 'DELETED') this.#list.replacement.remove(event.object);
    else this.#list.replacement.add(event.object);
    this.#list.revision = versionOf(event.object);
    return true;
  }

  bookmark(): void {
    if (this.#list || this.#server.after(this.#watched)) return;
    this.#watched = this.#server.revision;
    this.#store.apply({ type: 'BOOKMARK', resourceVersion: String(this.#watched), initialEventsEnd: false });
  }

  begin(): void {
    const { objects, revision } = this.#server;
    this.#list ??= { replacement: this.#store.replacement(), rest: [...objects.values()], revision };
  }

  /** The watch goes on from where it was. */
  breakOff(): void {
    this.#list = undefined;
  }

  complete(): void {
    if (!this.#list || this.#list.rest.length > 0) return;
    this.#watched = this.#list.revision;
    this.#list.replacement.commit(String(this.#watched));
    this.#list = undefined;
  }
}

const name = fc.constantFrom('a', 'b', 'c');
const command = fc.oneof(
  fc.record({ do: fc.constantFrom('write', 'delete', 'own write', 'own delete'), name }),
  fc.record({ do: fc.constantFrom('next', 'next', 'next', 'bookmark', 'begin', 'complete', 'breakOff') }),
  // Replies come in any order.
  fc.record({ do: fc.constant('hear a reply'), which: fc.nat({ max: 5 }) }),
);

it('ends up as the server, shows own writes at once, and tells listeners exactly what it holds', () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 80, size: 'max' }), (script) => {
      const server = new Model();
      const { log, at } = testLog();
      const store = new Store({ resource, read: (object) => object, log });
      const feed = new Feed(server, store);
      const told = new Map<string, KubernetesObject>();
      const versions = new Set<string>();
      store.subscribe(({ key, before, after }) => {
        expect(told.get(key)).toBe(before);
        if (before && after) expect(after.metadata.uid).toBe(before.metadata.uid);
        if (!after) told.delete(key);
        else {
          told.set(key, after);
          expect(versions).not.toContain(after.metadata.resourceVersion);
          versions.add(after.metadata.resourceVersion ?? '');
        }
      });
      const replies: (() => void)[] = [];
      for (const step of script) {
        if (step.do === 'write') server.write(step.name);
        else if (step.do === 'delete') server.delete(step.name);
        else if (step.do === 'own write') {
          const object = server.write(step.name);
          replies.push(() => {
            store.note(object);
            const shown = store.get(step.name)?.metadata;
            const current = server.objects.get(step.name)?.metadata;
            // Nothing changed since: what was written is what is shown.
            if (current?.resourceVersion === object.metadata.resourceVersion) expect(shown).toEqual(object.metadata);
          });
        } else if (step.do === 'own delete') {
          const uid = server.delete(step.name);
          replies.push(() => {
            if (uid === undefined) return;
            store.noteDeleted(uid);
            expect(store.byUid(uid)).toBeUndefined();
          });
        } else if (step.do === 'hear a reply') replies.splice(step.which, 1).forEach((reply) => reply());
        else feed[step.do]();
        expect(contents(told.values())).toEqual(contents(store.values()));
        expect(at('error')).toEqual([]); // the store bears with listeners that throw, as this one would
      }
      for (const reply of replies) reply();
      while (feed.next());
      feed.complete();
      feed.bookmark();
      expect(contents(store.values())).toEqual(contents(server.objects.values()));
    }),
    { numRuns: 1_000 },
  );
});

function versionOf({ metadata }: KubernetesObject): number {
  return Number(metadata.resourceVersion);
}

function contents(objects: Iterable<KubernetesObject>): string[] {
  const lines = Array.from(
    objects,
    ({ metadata }) => `${keyOf({ name: metadata.name ?? '' })} ${metadata.uid} ${metadata.resourceVersion}`,
  );
  return lines.toSorted();
}
