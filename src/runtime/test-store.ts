import type { KubernetesObject, ObjectMeta, Resource } from './object.ts';
import { type Change, Store } from './store.ts';
import { testLog } from './test-log.ts';

const resource = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  namespaced: true,
} satisfies Resource;

interface Item {
  metadata: ObjectMeta;
  colours: string[];
}

function read(object: KubernetesObject): Item {
  const colours = object.metadata.labels?.['colours'];
  if (colours === 'unreadable') throw new Error('no such colour');
  return { metadata: object.metadata, colours: colours ? colours.split('_') : [] };
}

/** A store of coloured things, and what its listeners were told. For tests alone, as all of this file. */
export function setUpStore() {
  const { log, at } = testLog();
  const store = new Store({ resource, read, indexes: { colour: ({ colours }: Item) => colours }, log });
  const told: string[] = [];
  store.subscribe((change) => void told.push(describeChange(change)));
  return { store, told, at, red: () => store.list('colour', 'red').map(({ metadata }) => metadata.name) };
}

/** `<key> <version before> -> <version after>`. */
export function describeChange({ key, before, after }: Change<Item>): string {
  return `${key} ${before?.metadata.resourceVersion ?? 'none'} -> ${after?.metadata.resourceVersion ?? 'none'}`;
}

/** An object as a server has it. */
export function made(name: string, version: number, { uid = `uid-${name}`, colours = '' } = {}): KubernetesObject {
  const metadata = { namespace: 'ns', name, uid, resourceVersion: String(version), labels: { colours } };
  return { metadata };
}

/** What a watch says. */
export const added = (...args: Parameters<typeof made>) => ({ type: 'ADDED', object: made(...args) }) as const;
export const modified = (...args: Parameters<typeof made>) => ({ type: 'MODIFIED', object: made(...args) }) as const;
export const deleted = (...args: Parameters<typeof made>) => ({ type: 'DELETED', object: made(...args) }) as const;
export const bookmark = (version: number) =>
  ({ type: 'BOOKMARK', resourceVersion: String(version), initialEventsEnd: false }) as const;

/** Makes the store equal to a list that is asked for now. */
export function relist(store: Store<Item>, items: readonly KubernetesObject[], version: number): void {
  const replacement = store.replacement();
  for (const item of items) replacement.add(item);
  replacement.commit(String(version));
}
