import { describe, expect, it } from 'vitest';
import type { Client, WatchOptions } from './client.ts';
import { configMaps, identityOf, objectIn } from './conformance-subject.ts';
import { ApiError } from './errors.ts';
import { Health } from './health.ts';
import { MemoryClient } from './memory-client.ts';
import { Reflector } from './reflector.ts';
import { Store } from './store.ts';
import { settle, TestClock } from './test-clock.ts';
import { testLog } from './test-log.ts';
import { testRandom } from './test-random.ts';
import { orAborted } from './waiting.ts';

/** A reflector over the twin; `change` may put something between the two. */
function setUp({ change = (client: MemoryClient): Client => client, watchLists = true } = {}) {
  const clock = new TestClock();
  const memory = new MemoryClient({ clock, random: testRandom(), resources: [configMaps] });
  memory.watchLists = watchLists;
  const { log, at } = testLog();
  const store = new Store({ resource: configMaps, read: (object) => object, log });
  const options = { resource: configMaps, store, clock, random: () => 0, log, health: new Health() };
  const reflector = new Reflector({ client: change(memory), ...options });
  const end = new AbortController();
  let running = Promise.resolve();
  const start = () => {
    running = reflector.run(end.signal);
  };
  const ended = () => running;
  const names = () => Array.from(store.values(), ({ metadata }) => metadata.name ?? '').toSorted(byText);
  const create = (name: string) => memory.create(configMaps, objectIn('ns', name));
  const verbs = () => memory.calls.filter(({ verb }) => verb === 'list' || verb === 'watch').map(({ verb }) => verb);
  const stop = async () => {
    end.abort();
    await running;
    expect(clock.timers).toBe(0);
  };
  return { clock, memory, reflector, store, names, create, verbs, at, start, stop, end, ended };
}

describe('the first sight of everything', () => {
  it('comes with the watch itself where the server can do that', async () => {
    const { create, names, verbs, reflector, start, stop } = setUp();
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
    const { clock, memory, create, names, verbs, reflector, start, stop } = setUp({ watchLists: false });
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

  it('comes from a list too where the server does not know what it was asked', async () => {
    const { clock, create, names, reflector, start, stop } = setUp({ change: ignoring });
    await create('a');
    start();
    await clock.advance(2000);
    await reflector.synced;
    expect(names()).toEqual(['a']);
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
      return new Proxy(memory, { get: (target, name) => (name === 'watch' ? watch : bound(target, name)) });
    };
    const { create, names, reflector, start, stop } = setUp({ change: overtaken });
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
      return new Proxy(memory, { get: (target, name) => (name === 'watch' ? watch : bound(target, name)) });
    };
    const { create, store, reflector, start, stop } = setUp({ change: slow });
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
    const { clock, memory, create, names, verbs, store, reflector, start, stop } = setUp();
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
    const { clock, verbs, reflector, start, stop } = setUp();
    start();
    await reflector.synced;
    await clock.advance(300_000);
    expect(verbs()).toEqual(['watch', 'watch']);
    await stop();
  });

  it('goes on from the last bookmark, however old the last event is', async () => {
    const { clock, memory, create, verbs, at, reflector, start, stop } = setUp();
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
    const { clock, memory, create, names, at, reflector, start, stop } = setUp();
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
      return new Proxy(memory, { get: (target, name) => (name === 'watch' ? watch : bound(target, name)) });
    };
    const { clock, create, names, reflector, start, stop } = setUp({ change: frozen });
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

describe('failures', () => {
  it('are followed by growing pauses, which only a stream that holds makes short again', async () => {
    const { clock, memory, at, reflector, start, stop } = setUp();
    start();
    await reflector.synced;
    const times: number[] = [];
    memory.before = ({ verb }) => {
      if (verb === 'watch') times.push(clock.monotonic());
      return times.length % 8 === 0 ? undefined : new ApiError('Unavailable', 'connection refused');
    };
    memory.endWatches(new ApiError('Unavailable', 'connection reset'));
    await clock.advance(60_000);
    expect(pausesOf(times).slice(0, 6)).toEqual([400, 800, 1600, 3200, 5000, 5000]);
    expect(at('error')).toEqual([]);
    expect(at('warn').length).toBeGreaterThan(6);
    memory.before = undefined;
    await clock.advance(120_000);
    times.length = 0;
    memory.before = ({ verb }) => {
      if (verb === 'watch') times.push(clock.monotonic());
      return new ApiError('Unavailable', 'connection refused');
    };
    memory.endWatches(new ApiError('Unavailable', 'connection reset'));
    await clock.advance(1000);
    expect(pausesOf(times)[0]).toBe(400);
    await stop();
  });

  it('in good order, but at once and again and again, are failures too', async () => {
    const { clock, memory, verbs, reflector, start, stop } = setUp();
    start();
    await reflector.synced;
    memory.after = ({ verb }) => {
      if (verb === 'watch') void settle().then(() => memory.endWatches());
      return undefined;
    };
    memory.endWatches();
    for (let n = 0; n < 20; n++) await settle();
    expect(verbs()).toEqual(['watch']);
    await clock.advance(60_000);
    expect(verbs().length).toBeLessThan(20);
    await stop();
  });

  it.each(['while listing', 'while watching', 'between two tries'])('or not, a stop is heard %s', async (when) => {
    const { memory, clock, end, start, ended } = setUp({ watchLists: when !== 'while listing' });
    if (when === 'while listing')
      memory.before = ({ verb }) => (verb === 'list' ? new Promise(() => undefined) : undefined);
    if (when === 'between two tries') memory.before = () => new ApiError('Unavailable', 'connection refused');
    start();
    await clock.advance(when === 'while listing' ? 200 : 0);
    await settle();
    end.abort();
    await ended();
    expect(clock.timers).toBe(0);
  });
});

it('keeps no managedFields', async () => {
  const { memory, store, reflector, start, stop } = setUp();
  const metadata = { namespace: 'ns', name: 'a', managedFields: [{ manager: 'kubectl' }] };
  await memory.create(configMaps, { metadata });
  start();
  await reflector.synced;
  expect(JSON.stringify(store.get('ns/a'))).not.toContain('managedFields');
  await stop();
});

/** A server that does not know of WatchList. */
function ignoring(memory: MemoryClient): Client {
  const watch = (resource: typeof configMaps, { sendInitialEvents, ...options }: WatchOptions) => {
    return memory.watch(resource, sendInitialEvents ? { ...options, timeoutSeconds: 1 } : options);
  };
  return new Proxy(memory, { get: (target, name) => (name === 'watch' ? watch : bound(target, name)) });
}

function byText(one: string, other: string): number {
  return one.localeCompare(other);
}

function nothing(): void {}

function pausesOf(times: number[]): number[] {
  return times.slice(1).map((time, n) => time - (times[n] ?? 0));
}

function bound(target: object, name: string | symbol): unknown {
  const value: unknown = Reflect.get(target, name, target);
  return typeof value === 'function' ? value.bind(target) : value;
}
