import { describe, expect, it } from 'vitest';
import type { Client, WatchOptions } from './client.ts';
import { configMaps, identityOf, objectIn } from './conformance-subject.ts';
import { ApiError } from './errors.ts';
import type { MemoryClient } from './memory-client.ts';
import { changed, setUpReflector } from './test-reflector.ts';

const HOUR = 3_600_000;

/** A reflector, and when it listed everything: by a WatchList or, where there is none, by the first page of a list. */
function setUp({ random, watchLists }: { random?: () => number; watchLists?: boolean } = {}) {
  const lists: number[] = [];
  const change = (memory: MemoryClient): Client => {
    const watch = (resource: typeof configMaps, options: WatchOptions) => {
      if (options.sendInitialEvents && memory.watchLists) lists.push(parts.clock.monotonic());
      return memory.watch(resource, options);
    };
    const list: Client['list'] = (resource, options) => {
      if (!options?.continue) lists.push(parts.clock.monotonic());
      return memory.list(resource, options);
    };
    return changed(memory, { watch, list });
  };
  const parts = setUpReflector({ change, ...(random && { random }), ...(watchLists === false && { watchLists }) });
  const told: string[] = [];
  parts.store.subscribe(
    ({ key, before, after }) => void told.push(`${key} ${versionOf(before)} -> ${versionOf(after)}`),
  );
  return { ...parts, lists, told };
}

function versionOf(item: { metadata: { resourceVersion?: string } } | undefined): string {
  return item?.metadata.resourceVersion ?? 'none';
}

describe('once in hours everything is listed anew', () => {
  it.each([true, false])(
    'and whatever the store holds wrongly is right again; with WatchList: %s',
    async (watchLists) => {
      const { clock, memory, store, told, create, start, stop } = setUp({ watchLists });
      const missing = await create('missing');
      const hidden = await create('hidden');
      const old = await create('old');
      const right = await create('right');
      const renewed = await memory.patch(configMaps, { namespace: 'ns', name: 'old' }, { data: { a: 'b' } });
      start();
      await clock.advance(1000);
      store.apply({ type: 'DELETED', object: missing });
      store.noteDeleted(identityOf(hidden).uid);
      store.apply({ type: 'MODIFIED', object: old });
      const phantom = objectIn('ns', 'phantom', { metadata: { uid: 'nobody', resourceVersion: '99' } });
      store.apply({ type: 'ADDED', object: phantom });
      store.apply({
        type: 'ADDED',
        object: objectIn('ns', 'lost', { metadata: { uid: 'lost', resourceVersion: '99' } }),
      });
      store.note(objectIn('ns', 'lost', { metadata: { uid: 'lost', resourceVersion: '900' } }));
      told.length = 0;
      await clock.advance(5.9 * HOUR);
      expect(told).toEqual([]);
      await clock.advance(0.2 * HOUR);
      expect([...store.values()].toSorted(byName)).toEqual([hidden, missing, renewed, right]);
      expect(told.toSorted(byText)).toEqual([
        `ns/hidden none -> ${versionOf(hidden)}`,
        'ns/lost 900 -> none',
        `ns/missing none -> ${versionOf(missing)}`,
        `ns/old ${versionOf(old)} -> ${versionOf(renewed)}`,
        'ns/phantom 99 -> none',
      ]);
      await create('later');
      await clock.advance(1000);
      expect(store.size).toBe(5);
      await stop();
    },
  );

  it('and until that is complete the store shows what it did, and own writes as ever', async () => {
    const { clock, memory, store, told, names, create, lists, start, stop } = setUp({ watchLists: false });
    for (let n = 0; n < 501; n++) await create(`object${n}`);
    start();
    await clock.advance(5.9 * HOUR);
    told.length = 0;
    const page = Promise.withResolvers<undefined>();
    let pages = 0;
    memory.after = ({ verb }) => (verb === 'list' && ++pages === 2 ? page.promise : undefined);
    while (lists.length < 2) await clock.advance(1000);
    expect(pages).toBe(2);
    const { uid } = identityOf(await memory.get(configMaps, { namespace: 'ns', name: 'object0' }));
    await memory.delete(configMaps, { namespace: 'ns', name: 'object0' }, { uid });
    store.noteDeleted(uid);
    store.note(await create('own'));
    expect(names()).toHaveLength(501);
    page.resolve(undefined);
    await clock.advance(1000);
    expect(names()).toHaveLength(501);
    expect(told).toHaveLength(2);
    await stop();
  });

  it('and as often again, between two streams, by reflectors and processes each at times of their own', async () => {
    const one = setUp();
    one.start();
    await one.clock.advance(13 * HOUR);
    expect(one.lists.map((time) => time / HOUR)).toEqual([0, 6, 12]);
    await one.stop();
    const other = setUp({ random: () => 0.5 });
    other.start();
    await other.clock.advance(10 * HOUR);
    expect(other.lists.map((time) => time / HOUR)).toEqual([0, 4.5, 9]);
    await other.stop();
  });
});

it('and also where no stream ever ends in good order', async () => {
  const { clock, memory, lists, start, stop } = setUp();
  start();
  for (let minutes = 0; minutes < 13 * 60; minutes += 4) {
    await clock.advance(4 * 60_000);
    memory.endWatches(new ApiError('Unavailable', 'connection reset'));
  }
  expect(lists.map((time) => Math.floor(time / HOUR))).toEqual([0, 6, 12]);
  await stop();
});

it('a net that no page of comes through costs the store nothing: what is new shows between two tries', async () => {
  const { clock, memory, names, create, lists, at, start, stop } = setUp({ watchLists: false });
  for (let n = 0; n < 501; n++) await create(`object${n}`);
  start();
  await clock.advance(5.9 * HOUR);
  let pages = 0;
  memory.before = ({ verb }) => {
    return verb === 'list' && ++pages % 2 === 0 ? new ApiError('Expired', 'the continue token is too old') : undefined;
  };
  await clock.advance(0.3 * HOUR);
  expect(lists.length).toBeGreaterThan(2);
  expect(lists.length).toBeLessThan(7);
  await create('new');
  await clock.advance(1000);
  expect(names()).toContain('new');
  expect(at('error')).toEqual([]);
  await stop();
});

it('a list as a net that fails leaves the store where it was, and is tried again after the next stream', async () => {
  const { clock, memory, lists, names, create, start, stop } = setUp();
  start();
  await clock.advance(5.95 * HOUR);
  memory.before = ({ verb }) => {
    if (verb !== 'watch' || lists.length !== 2) return undefined;
    lists.push(clock.monotonic());
    return new ApiError('Unavailable', 'connection reset');
  };
  await clock.advance(0.06 * HOUR);
  expect(lists).toHaveLength(3);
  await create('a');
  await clock.advance(1000);
  expect(names()).toEqual(['a']);
  expect(lists).toHaveLength(3);
  await clock.advance(300_000);
  expect(lists).toHaveLength(4);
  await stop();
});

function byName(one: { metadata: { name?: string } }, other: { metadata: { name?: string } }): number {
  return byText(one.metadata.name ?? '', other.metadata.name ?? '');
}

function byText(one: string, other: string): number {
  return one.localeCompare(other);
}
