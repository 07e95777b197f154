import { describe, expect, it } from 'vitest';
import { added, bookmark, deleted, made, modified, relist, setUpStore } from './test-store.ts';

describe('an own write', () => {
  it('shows at once, through the same indexes, and the watch does not tell it again', () => {
    const { store, told, red } = setUpStore();
    store.note(made('a', 5, { colours: 'red' }));
    expect(red()).toEqual(['a']);
    store.apply(added('a', 5, { colours: 'red' }));
    expect(told).toEqual(['ns/a none -> 5']);
  });

  it('wins over what the watch says of before, and loses to what it says of after', () => {
    const { store, told } = setUpStore();
    store.apply(added('a', 1));
    store.note(made('a', 4));
    store.apply(modified('a', 3));
    expect(store.get('ns/a')?.metadata.resourceVersion).toBe('4');
    store.apply(modified('a', 4));
    store.apply(modified('a', 6));
    expect(told.slice(1)).toEqual(['ns/a 1 -> 4', 'ns/a 4 -> 6']);
  });

  it('survives a list from before it', () => {
    const { store } = setUpStore();
    const replacement = store.replacement();
    store.note(made('a', 5));
    replacement.commit('4');
    expect(store.size).toBe(1);
  });

  it('does not survive one that was asked for after it and lacks it: the server was restored from a backup', () => {
    const { store } = setUpStore();
    store.note(made('a', 5));
    store.note(made('b', 6));
    const replacement = store.replacement();
    store.note(made('b', 7));
    replacement.commit('4');
    expect(Array.from(store.values(), ({ metadata }) => metadata.name)).toEqual(['b']);
  });

  it('is dropped once the watch has passed it without a word', () => {
    const { store, told } = setUpStore();
    store.note(made('a', 5));
    store.apply(bookmark(4));
    expect(store.size).toBe(1);
    store.apply(bookmark(5));
    expect(told.at(-1)).toBe('ns/a 5 -> none');
  });

  it('does not come back when its reply is slower than the deletion that followed', () => {
    const { store } = setUpStore();
    store.apply(added('a', 1));
    store.apply(deleted('a', 7));
    store.note(made('a', 6));
    expect(store.size).toBe(0);
  });

  it('that brought the object back into the selection outlives the news that it had left', () => {
    const { store, told } = setUpStore();
    store.apply(added('a', 1));
    store.note(made('a', 6));
    store.apply(deleted('a', 5));
    store.apply(added('a', 6));
    expect(told).toEqual(['ns/a none -> 1', 'ns/a 1 -> 6']);
  });

  it('that made the object anew is a removal and an addition, and older news of the first one is ignored', () => {
    const { store, told } = setUpStore();
    store.apply(added('a', 1, { uid: 'first' }));
    store.note(made('a', 9, { uid: 'second' }));
    store.apply(deleted('a', 8, { uid: 'first' }));
    expect(told).toEqual(['ns/a none -> 1', 'ns/a 1 -> none', 'ns/a none -> 9']);
    expect(store.byUid('second')).toBeDefined();
  });

  it('that made the object anew says that the first one is gone, however late the watch shows how that came', () => {
    const { store, told } = setUpStore();
    store.note(made('a', 2, { uid: 'first' }));
    store.note(made('a', 5, { uid: 'second' }));
    store.noteDeleted('second');
    store.apply(added('a', 2, { uid: 'first' }));
    expect(told).toEqual(['ns/a none -> 2', 'ns/a 2 -> none', 'ns/a none -> 5', 'ns/a 5 -> none']);
  });
});

describe('an own deletion', () => {
  it('hides the object until the watch has seen it go', () => {
    const { store, told } = setUpStore();
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
    const { store } = setUpStore();
    store.apply(added('a', 1));
    store.noteDeleted('uid-a');
    relist(store, [made('a', 1)], 4);
    expect(store.size).toBe(1);
  });

  it('hides that object only, not its successor of the same name', () => {
    const { store } = setUpStore();
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
    const { store } = setUpStore();
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
