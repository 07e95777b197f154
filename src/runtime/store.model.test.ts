import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { WatchEvent } from './client.ts';
import { type KubernetesObject, keyOf, type Resource } from './object.ts';
import { Store } from './store.ts';
import { testLog } from './test-log.ts';

const resource = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  namespaced: false,
} satisfies Resource;

/** A server as simple as it can be: what exists, and the history that a watch has yet to see. */
class Model {
  readonly objects = new Map<string, KubernetesObject>();
  readonly unseen: WatchEvent[] = [];
  revision = 1;
  #uids = 0;

  write(name: string): KubernetesObject {
    const known = this.objects.get(name);
    const uid = known?.metadata.uid ?? `uid-${++this.#uids}`;
    const object = { metadata: { name, uid, resourceVersion: String(++this.revision) } };
    this.objects.set(name, object);
    this.unseen.push({ type: known ? 'MODIFIED' : 'ADDED', object });
    return object;
  }

  delete(name: string): string | undefined {
    const known = this.objects.get(name);
    if (!known) return undefined;
    this.objects.delete(name);
    const object = { metadata: { ...known.metadata, resourceVersion: String(++this.revision) } };
    this.unseen.push({ type: 'DELETED', object });
    return known.metadata.uid;
  }
}

const name = fc.constantFrom('a', 'b', 'c');
const command = fc.oneof(
  fc.record({ do: fc.constantFrom('write', 'delete', 'own write', 'own delete'), name }),
  fc.record({ do: fc.constantFrom('see one event', 'see a bookmark', 'relist', 'hear a reply'), name }),
);

it('ends up as the server, shows own writes at once, and tells listeners exactly what it holds', () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 60 }), (script) => {
      const server = new Model();
      const store = new Store({ resource, read: (object) => object, log: testLog().log });
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
      const bookmark = () => {
        if (server.unseen.length > 0) return;
        store.apply({ type: 'BOOKMARK', resourceVersion: String(server.revision), initialEventsEnd: false });
      };
      for (const step of script) {
        if (step.do === 'write') server.write(step.name);
        if (step.do === 'delete') server.delete(step.name);
        if (step.do === 'own write') {
          const object = server.write(step.name);
          replies.push(() => {
            store.note(object);
            const shown = store.get(step.name)?.metadata;
            const current = server.objects.get(step.name)?.metadata;
            // Nothing changed since: what was written is what is shown.
            if (current?.resourceVersion === object.metadata.resourceVersion) expect(shown).toEqual(object.metadata);
          });
        }
        if (step.do === 'own delete') {
          const uid = server.delete(step.name);
          replies.push(() => {
            if (uid === undefined) return;
            store.noteDeleted(uid);
            expect(store.byUid(uid)).toBeUndefined();
          });
        }
        if (step.do === 'see one event') server.unseen.splice(0, 1).forEach((event) => store.apply(event));
        if (step.do === 'see a bookmark') bookmark();
        if (step.do === 'relist') {
          store.replace(server.objects.values(), String(server.revision));
          server.unseen.length = 0;
        }
        if (step.do === 'hear a reply') replies.shift()?.();
        expect(contents(told.values())).toEqual(contents(store.values()));
      }
      for (const reply of replies) reply();
      for (const event of server.unseen.splice(0)) store.apply(event);
      bookmark();
      expect(contents(store.values())).toEqual(contents(server.objects.values()));
    }),
    { numRuns: 500 },
  );
});

function contents(objects: Iterable<KubernetesObject>): string[] {
  const lines = Array.from(
    objects,
    ({ metadata }) => `${keyOf({ name: metadata.name ?? '' })} ${metadata.uid} ${metadata.resourceVersion}`,
  );
  return lines.toSorted();
}
