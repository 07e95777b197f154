import { describe, expect, it } from 'vitest';
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

function setUp() {
  const { log, at } = testLog();
  const store = new Store({ resource, read, indexes: { colour: ({ colours }: Item) => colours }, log });
  const told: string[] = [];
  store.subscribe((change) => void told.push(describeChange(change)));
  return { store, told, at, red: () => store.list('colour', 'red').map(({ metadata }) => metadata.name) };
}

function describeChange({ key, before, after }: Change<Item>): string {
  return `${key} ${before?.metadata.resourceVersion ?? 'none'} -> ${after?.metadata.resourceVersion ?? 'none'}`;
}

function made(name: string, version: number, { uid = `uid-${name}`, colours = '' } = {}): KubernetesObject {
  const metadata = { namespace: 'ns', name, uid, resourceVersion: String(version), labels: { colours } };
  return { metadata };
}

const added = (...args: Parameters<typeof made>) => ({ type: 'ADDED', object: made(...args) }) as const;
const modified = (...args: Parameters<typeof made>) => ({ type: 'MODIFIED', object: made(...args) }) as const;
const deleted = (...args: Parameters<typeof made>) => ({ type: 'DELETED', object: made(...args) }) as const;
const bookmark = (version: number) =>
  ({ type: 'BOOKMARK', resourceVersion: String(version), initialEventsEnd: false }) as const;

function relist(store: Store<Item>, items: readonly KubernetesObject[], version: number): void {
  const replacement = store.replacement();
  for (const item of items) replacement.add(item);
  replacement.commit(String(version));
}

describe('what the watch says', () => {
  it('is found by key, by uid and by every value of an index', () => {
    const { store, red } = setUp();
    store.apply(added('a', 1, { colours: 'red_blue' }));
    store.apply(added('b', 2, { colours: 'red' }));
    expect(store.get('ns/a')).toBe(store.byUid('uid-a'));
    expect(red()).toEqual(['a', 'b']);
    store.apply(modified('a', 3, { colours: 'blue_green' }));
    expect(red()).toEqual(['b']);
    expect(store.list('colour', 'blue')).toEqual([store.get('ns/a')]);
    expect(store.list('colour', 'green')).toEqual([store.get('ns/a')]);
    store.apply(deleted('b', 4, { colours: 'red' }));
    expect(red()).toEqual([]);
    expect([...store.values()]).toHaveLength(store.size);
  });

  it('reaches listeners once per version', () => {
    const { store, told } = setUp();
    store.apply(added('a', 1));
    store.apply(added('a', 1));
    store.apply(modified('a', 2));
    store.apply(deleted('a', 3));
    expect(told).toEqual(['ns/a none -> 1', 'ns/a 1 -> 2', 'ns/a 2 -> none']);
  });

  it('reports a recreated object as a removal and an addition', () => {
    const { store, told } = setUp();
    relist(store, [made('a', 1, { uid: 'first' })], 1);
    relist(store, [made('a', 5, { uid: 'second' })], 5);
    expect(told.slice(1)).toEqual(['ns/a 1 -> none', 'ns/a none -> 5']);
    expect(store.byUid('first')).toBeUndefined();
  });

  it('compares versions as integers of any size', () => {
    const { store } = setUp();
    const metadata = { ...made('a', 0).metadata, resourceVersion: '99999999999999999999' };
    store.note({ metadata });
    store.note({ metadata: { ...metadata, resourceVersion: '100000000000000000000' } });
    store.note({ metadata });
    expect(store.get('ns/a')?.metadata.resourceVersion).toBe('100000000000000000000');
  });
});

describe('a list', () => {
  it('removes what it lacks and says nothing of what it confirms', () => {
    const { store, told } = setUp();
    relist(store, [made('a', 1), made('b', 2)], 2);
    relist(store, [made('b', 2), made('c', 3)], 4);
    expect(told.slice(2)).toEqual(['ns/a 1 -> none', 'ns/c none -> 3']);
  });

  it('shows nothing before it is complete', () => {
    const { store } = setUp();
    const replacement = store.replacement();
    replacement.add(made('a', 1));
    replacement.add(made('gone', 1));
    replacement.remove(made('gone', 2));
    expect(store.size).toBe(0);
    replacement.commit('1');
    expect(store.size).toBe(1);
  });

  it('counts even if it is older than what the watch said: the server was restored from a backup', () => {
    const { store } = setUp();
    store.apply(added('a', 900));
    store.apply(added('b', 901));
    relist(store, [made('a', 10)], 12);
    expect(store.get('ns/a')?.metadata.resourceVersion).toBe('10');
    expect(store.size).toBe(1);
  });
});

describe('an own write', () => {
  it('shows at once, through the same indexes, and the watch does not tell it again', () => {
    const { store, told, red } = setUp();
    store.note(made('a', 5, { colours: 'red' }));
    expect(red()).toEqual(['a']);
    store.apply(added('a', 5, { colours: 'red' }));
    expect(told).toEqual(['ns/a none -> 5']);
  });

  it('wins over what the watch says of before, and loses to what it says of after', () => {
    const { store, told } = setUp();
    store.apply(added('a', 1));
    store.note(made('a', 4));
    store.apply(modified('a', 3));
    expect(store.get('ns/a')?.metadata.resourceVersion).toBe('4');
    store.apply(modified('a', 4));
    store.apply(modified('a', 6));
    expect(told.slice(1)).toEqual(['ns/a 1 -> 4', 'ns/a 4 -> 6']);
  });

  it('survives a list from before it', () => {
    const { store } = setUp();
    const replacement = store.replacement();
    store.note(made('a', 5));
    replacement.commit('4');
    expect(store.size).toBe(1);
  });

  it('does not survive one that was asked for after it and lacks it: the server was restored from a backup', () => {
    const { store } = setUp();
    store.note(made('a', 5));
    store.note(made('b', 6));
    const replacement = store.replacement();
    store.note(made('b', 7));
    replacement.commit('4');
    expect(Array.from(store.values(), ({ metadata }) => metadata.name)).toEqual(['b']);
  });

  it('is dropped once the watch has passed it without a word', () => {
    const { store, told } = setUp();
    store.note(made('a', 5));
    store.apply(bookmark(4));
    expect(store.size).toBe(1);
    store.apply(bookmark(5));
    expect(told.at(-1)).toBe('ns/a 5 -> none');
  });

  it('does not come back when its reply is slower than the deletion that followed', () => {
    const { store } = setUp();
    store.apply(added('a', 1));
    store.apply(deleted('a', 7));
    store.note(made('a', 6));
    expect(store.size).toBe(0);
  });

  it('that brought the object back into the selection outlives the news that it had left', () => {
    const { store, told } = setUp();
    store.apply(added('a', 1));
    store.note(made('a', 6));
    store.apply(deleted('a', 5));
    store.apply(added('a', 6));
    expect(told).toEqual(['ns/a none -> 1', 'ns/a 1 -> 6']);
  });

  it('that made the object anew is a removal and an addition, and older news of the first one is ignored', () => {
    const { store, told } = setUp();
    store.apply(added('a', 1, { uid: 'first' }));
    store.note(made('a', 9, { uid: 'second' }));
    store.apply(deleted('a', 8, { uid: 'first' }));
    expect(told).toEqual(['ns/a none -> 1', 'ns/a 1 -> none', 'ns/a none -> 9']);
    expect(store.byUid('second')).toBeDefined();
  });

  it('that made the object anew says that the first one is gone, however late the watch shows how that came', () => {
    const { store, told } = setUp();
    store.note(made('a', 2, { uid: 'first' }));
    store.note(made('a', 5, { uid: 'second' }));
    store.noteDeleted('second');
    store.apply(added('a', 2, { uid: 'first' }));
    expect(told).toEqual(['ns/a none -> 2', 'ns/a 2 -> none', 'ns/a none -> 5', 'ns/a 5 -> none']);
  });
});

describe('an own deletion', () => {
  it('hides the object until the watch has seen it go', () => {
    const { store, told } = setUp();
    store.apply(added('a', 1));
    const replacement = store.replacement();
    store.noteDeleted('uid-a');
    store.apply(modified('a', 2));
    replacement.add(made('a', 2));
    replacement.commit('2');
    store.note(made('a', 3));
    expect(store.size).toBe(0);
    store.apply(deleted('a', 4));
    expect(told).toEqual(['ns/a none -> 1', 'ns/a 1 -> none']);
  });

  it('hides nothing that a list shows which was asked for after it', () => {
    const { store } = setUp();
    store.apply(added('a', 1));
    store.noteDeleted('uid-a');
    relist(store, [made('a', 1)], 4);
    expect(store.size).toBe(1);
  });

  it('hides that object only, not its successor of the same name', () => {
    const { store } = setUp();
    store.apply(added('a', 1));
    store.noteDeleted('uid-a');
    store.apply(added('a', 5, { uid: 'second' }));
    store.apply(deleted('a', 4));
    expect(store.get('ns/a')?.metadata.uid).toBe('second');
  });

  const gone = deleted('a', 2);
  it.each([
    ['the watch was faster', ['apply', 'note']],
    ['the watch has seen it too', ['note', 'apply']],
    ['a list no longer has the object', ['note', 'list']],
  ])('leaves nothing behind once %s', (_, steps) => {
    const { store } = setUp();
    store.apply(added('a', 1));
    for (const step of steps) {
      if (step === 'apply') store.apply(gone);
      else if (step === 'note') store.noteDeleted('uid-a');
      else relist(store, [], 2);
    }
    // A uid never comes back: only so can a test see that nothing hides it any more.
    store.apply(added('a', 3));
    expect(store.size).toBe(1);
  });
});

describe('trouble', () => {
  it('of one listener does not reach the others, nor the store', () => {
    const { store, told, at } = setUp();
    store.subscribe(() => {
      throw new Error('listener');
    });
    const late: string[] = [];
    const end = store.subscribe((change) => void late.push(describeChange(change)));
    store.apply(added('a', 1));
    end();
    store.apply(modified('a', 2));
    expect(told).toHaveLength(2);
    expect(late).toHaveLength(1);
    expect(at('error')).toEqual(['store listener failed', 'store listener failed']);
  });

  it('with one object makes that one absent, and says so', () => {
    const { store, at } = setUp();
    store.apply(added('a', 1));
    store.apply(modified('a', 2, { colours: 'unreadable' }));
    store.apply(added('b', 3));
    expect([...store.values()].map(({ metadata }) => metadata.name)).toEqual(['b']);
    expect(at('error')).toEqual(['object that cannot be read ignored']);
  });

  it('in the shape of an object without uid is ignored', () => {
    const { store, at } = setUp();
    store.apply({ type: 'ADDED', object: { metadata: { name: 'a' } } });
    expect(store.size).toBe(0);
    expect(at('error')).toHaveLength(1);
  });

  it('of asking an index that does not exist is a mistake of the caller', () => {
    const { store } = setUp();
    // @ts-expect-error: the compiler sees it too
    expect(() => store.list('color', 'red')).toThrow(RangeError);
  });
});
