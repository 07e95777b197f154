import { describe, expect, it } from 'vitest';
import type { Client, WatchOptions } from './client.ts';
import { configMaps, identityOf } from './conformance-subject.ts';
import { ApiError } from './errors.ts';
import type { MemoryClient } from './memory-client.ts';
import { settle } from './test-clock.ts';
import { changed, setUpReflector } from './test-reflector.ts';
import { orAborted } from './waiting.ts';

describe('the first sight of everything', () => {
  it('comes with the watch itself where the server can do that', async () => {
    const { create, names, verbs, reflector, start, stop } = setUpReflector();
    await create('a');
    start();
    await reflector.synced;
    expect(names()).toEqual(['a']);
    await create('b');
    await settle();
    expect(names()).toEqual(['a', 'b']);
    expect(verbs()).toEqual(['watch']);
    await stop();
  });

  it('comes from a list in pages where it cannot, and the next one at once does so too', async () => {
    const { clock, memory, create, names, verbs, reflector, start, stop } = setUpReflector({ watchLists: false });
    for (let n = 0; n < 501; n++) await create(`object${n}`);
    start();
    await clock.advance(200);
    expect(reflector.hasSynced).toBe(true);
    expect(names()).toHaveLength(501);
    await create('later');
    await settle();
    expect(names()).toHaveLength(502);
    expect(verbs()).toEqual(['watch', 'list', 'list', 'watch']);
    memory.compact();
    memory.endWatches(new ApiError('Expired', 'too old', { code: 410 }));
    await clock.advance(400);
    expect(verbs().slice(4)).toEqual(['list', 'list', 'watch']);
    await stop();
  });

  it('comes from shorter pages where one would be too long, again and again', async () => {
    const { clock, memory, create, names, verbs, start, stop } = setUpReflector({ watchLists: false });
    for (let n = 0; n < 40; n++) await create(`object${n}`);
    memory.longestPage = 31;
    start();
    await clock.advance(200);
    expect(names()).toHaveLength(40);
    expect(verbs().join(' ')).toBe(`watch ${'list '.repeat(6)}watch`);
    memory.compact();
    memory.endWatches(new ApiError('Expired', 'too old', { code: 410 }));
    await create('later');
    await clock.advance(400);
    expect(names()).toHaveLength(41);
    await stop();
  });

  it('comes from a list too where the server does not know what it was asked', async () => {
    const { clock, create, names, verbs, reflector, start, stop } = setUpReflector({ change: ignoring });
    await create('a');
    start();
    await clock.advance(120_500); // its first bookmark shows that
    expect(verbs()).toEqual(['watch', 'list', 'watch']);
    await reflector.synced;
    expect(names()).toEqual(['a']);
    await stop();
  });

  it('comes with the next watch where the server ends the first one before all is said', async () => {
    let cut = 0;
    const ending = (memory: MemoryClient): Client => {
      const watch = async function* (resource: typeof configMaps, options: WatchOptions) {
        for await (const event of memory.watch(resource, options)) {
          if (event.type === 'BOOKMARK' && cut++ === 0) return;
          yield event;
        }
      };
      return changed(memory, { watch });
    };
    const { clock, create, names, verbs, at, reflector, start, stop } = setUpReflector({ change: ending });
    await create('a');
    start();
    await settle();
    expect(reflector.hasSynced).toBe(false);
    await clock.advance(200);
    expect(reflector.hasSynced).toBe(true);
    expect([names(), verbs(), at('info')]).toEqual([['a'], ['watch', 'watch'], []]);
    await stop();
  });

  it('leaves out what is deleted before it is complete', async () => {
    const overtaken = (memory: MemoryClient): Client => {
      const watch = async function* (resource: typeof configMaps, options: WatchOptions) {
        for await (const event of memory.watch(resource, options)) {
          yield event;
          if (event.type === 'ADDED' && event.object.metadata.name === 'a')
            yield { ...event, type: 'DELETED' as const };
        }
      };
      return changed(memory, { watch });
    };
    const { create, names, reflector, start, stop } = setUpReflector({ change: overtaken });
    await create('a');
    await create('b');
    start();
    await reflector.synced;
    expect(names()).toEqual(['b']);
    await stop();
  });

  it('shows all at once, and only when it is complete', async () => {
    let complete = nothing;
    const slow = (memory: MemoryClient): Client => {
      const watch = async function* (resource: typeof configMaps, options: WatchOptions) {
        for await (const event of memory.watch(resource, options)) {
          if (event.type === 'BOOKMARK') await new Promise<void>((resolve) => (complete = resolve));
          yield event;
        }
      };
      return changed(memory, { watch });
    };
    const { create, store, reflector, start, stop } = setUpReflector({ change: slow });
    await create('a');
    start();
    await settle();
    expect([store.size, reflector.hasSynced]).toEqual([0, false]);
    complete();
    await reflector.synced;
    expect([store.size, reflector.hasSynced]).toEqual([1, true]);
    await stop();
  });
});

describe('a stream', () => {
  it('that the server ends is followed by one from there: nothing is listed, nothing is missed', async () => {
    const { clock, memory, create, names, verbs, store, reflector, start, stop } = setUpReflector();
    await create('a');
    start();
    await reflector.synced;
    const told: string[] = [];
    store.subscribe(({ key }) => void told.push(key));
    memory.endWatches();
    await create('b');
    await clock.advance(200);
    expect(names()).toEqual(['a', 'b']);
    expect(told).toEqual(['ns/b']);
    expect(verbs()).toEqual(['watch', 'watch']);
    await stop();
  });

  it('is asked to end after five to ten minutes, and the next one starts without a pause', async () => {
    const { clock, verbs, reflector, start, stop } = setUpReflector();
    start();
    await reflector.synced;
    await clock.advance(300_000);
    expect(verbs()).toEqual(['watch', 'watch']);
    await stop();
  });

  it('goes on from the last bookmark, however old the last event is', async () => {
    const { clock, memory, create, verbs, at, reflector, start, stop } = setUpReflector();
    start();
    await reflector.synced;
    memory.compact();
    await create('a');
    memory.bookmark();
    await settle();
    memory.endWatches();
    await clock.advance(200);
    expect(verbs()).toHaveLength(2);
    expect(at('info')).toEqual([]);
    await stop();
  });

  it('from a version that the server has forgotten is preceded by a new list', async () => {
    const { clock, memory, create, names, at, reflector, start, stop } = setUpReflector();
    await create('a');
    await create('b');
    start();
    await reflector.synced;
    memory.endWatches();
    const { uid } = identityOf(await memory.get(configMaps, { namespace: 'ns', name: 'a' }));
    await memory.delete(configMaps, { namespace: 'ns', name: 'a' }, { uid });
    memory.compact();
    await clock.advance(1000);
    expect(names()).toEqual(['b']);
    expect(at('info')).toEqual(['watch is too far behind, listing again']);
    await stop();
  });

  it('that says nothing for three minutes, though bookmarks are due, is taken for dead', async () => {
    let streams = 0;
    const frozen = (memory: MemoryClient): Client => {
      const watch = async function* (resource: typeof configMaps, options: WatchOptions) {
        streams++;
        for await (const event of memory.watch(resource, options)) {
          yield event;
          if (streams === 1) await orAborted(new Promise(nothing), options.signal);
        }
      };
      return changed(memory, { watch });
    };
    const { clock, create, names, reflector, start, stop } = setUpReflector({ change: frozen });
    start();
    await reflector.synced;
    await create('a');
    await clock.advance(179_999);
    expect(streams).toBe(1);
    await clock.advance(1000);
    expect(streams).toBe(2);
    expect(names()).toEqual(['a']);
    await clock.advance(250_000);
    expect(streams).toBe(2);
    await stop();
  });
});

it('keeps no managedFields', async () => {
  const { memory, store, reflector, start, stop } = setUpReflector();
  const metadata = { namespace: 'ns', name: 'a', managedFields: [{ manager: 'kubectl' }] };
  await memory.create(configMaps, { metadata });
  start();
  await reflector.synced;
  expect(JSON.stringify(store.get('ns/a'))).not.toContain('managedFields');
  await stop();
});

/** A server that does not know of WatchList. */
function ignoring(memory: MemoryClient): Client {
  const watch = (resource: typeof configMaps, { sendInitialEvents: _, ...options }: WatchOptions) => {
    return memory.watch(resource, options);
  };
  return changed(memory, { watch });
}

function nothing(): void {}
