import { describe, expect, it } from 'vitest';
import { added, deleted, describeChange, made, modified, relist, setUpStore } from './test-store.ts';

describe('what the watch says', () => {
  it('is found by key, by uid and by every value of an index', () => {
    const { store, red } = setUpStore();
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
    const { store, told } = setUpStore();
    store.apply(added('a', 1));
    store.apply(added('a', 1));
    store.apply(modified('a', 2));
    store.apply(deleted('a', 3));
    expect(told).toEqual(['ns/a none -> 1', 'ns/a 1 -> 2', 'ns/a 2 -> none']);
  });

  it('reports a recreated object as a removal and an addition', () => {
    const { store, told } = setUpStore();
    relist(store, [made('a', 1, { uid: 'first' })], 1);
    relist(store, [made('a', 5, { uid: 'second' })], 5);
    expect(told.slice(1)).toEqual(['ns/a 1 -> none', 'ns/a none -> 5']);
    expect(store.byUid('first')).toBeUndefined();
  });

  it('compares versions as integers of any size', () => {
    const { store } = setUpStore();
    const metadata = { ...made('a', 0).metadata, resourceVersion: '99999999999999999999' };
    store.note({ metadata });
    store.note({ metadata: { ...metadata, resourceVersion: '100000000000000000000' } });
    store.note({ metadata });
    expect(store.get('ns/a')?.metadata.resourceVersion).toBe('100000000000000000000');
  });
});

describe('a list', () => {
  it('removes what it lacks and says nothing of what it confirms', () => {
    const { store, told } = setUpStore();
    relist(store, [made('a', 1), made('b', 2)], 2);
    relist(store, [made('b', 2), made('c', 3)], 4);
    expect(told.slice(2)).toEqual(['ns/a 1 -> none', 'ns/c none -> 3']);
  });

  it('shows nothing before it is complete', () => {
    const { store } = setUpStore();
    const replacement = store.replacement();
    replacement.add(made('a', 1));
    replacement.add(made('gone', 1));
    replacement.remove(made('gone', 2));
    expect(store.size).toBe(0);
    replacement.commit('1');
    expect(store.size).toBe(1);
  });

  it('counts even if it is older than what the watch said: the server was restored from a backup', () => {
    const { store } = setUpStore();
    store.apply(added('a', 900));
    store.apply(added('b', 901));
    relist(store, [made('a', 10)], 12);
    expect(store.get('ns/a')?.metadata.resourceVersion).toBe('10');
    expect(store.size).toBe(1);
  });
});

describe('trouble', () => {
  it('of one listener does not reach the others, nor the store', () => {
    const { store, told, at } = setUpStore();
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
    const { store, at } = setUpStore();
    store.apply(added('a', 1));
    store.apply(modified('a', 2, { colours: 'unreadable' }));
    store.apply(added('b', 3));
    expect([...store.values()].map(({ metadata }) => metadata.name)).toEqual(['b']);
    expect(at('error')).toEqual(['object that cannot be read ignored']);
  });

  it('in the shape of an object without uid is ignored', () => {
    const { store, at } = setUpStore();
    store.apply({ type: 'ADDED', object: { metadata: { name: 'a' } } });
    expect(store.size).toBe(0);
    expect(at('error')).toHaveLength(1);
  });

  it('of asking an index that does not exist is a mistake of the caller', () => {
    const { store } = setUpStore();
    // @ts-expect-error: the compiler sees it too
    expect(() => store.list('color', 'red')).toThrow(RangeError);
  });
});
