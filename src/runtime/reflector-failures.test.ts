import { describe, expect, it } from 'vitest';
import type { Client, ObjectList } from './client.ts';
import { ApiError } from './errors.ts';
import type { MemoryClient } from './memory-client.ts';
import { settle } from './test-clock.ts';
import { changed, setUpReflector } from './test-reflector.ts';
import { orAborted, sleep } from './waiting.ts';

describe('failures', () => {
  it('are followed by growing pauses, which only a stream that holds makes short again', async () => {
    const { clock, memory, at, reflector, start, stop } = setUpReflector();
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

  it('of streams that held, though there was nothing to tell, do not add up', async () => {
    const { clock, memory, reflector, start, stop } = setUpReflector();
    start();
    await reflector.synced;
    const times: number[] = [];
    memory.before = ({ verb }) => {
      if (verb === 'watch') times.push(clock.monotonic());
      return undefined;
    };
    for (let n = 0; n < 10; n++) {
      await clock.advance(60_000 + 200 * (n + 1));
      memory.endWatches(new ApiError('Unavailable', 'connection reset'));
      await clock.advance(199);
      expect(times).toHaveLength(n);
      await clock.advance(1);
      expect(times).toHaveLength(n + 1);
    }
    await stop();
  });

  it('in good order, but at once and again and again, are failures too', async () => {
    const { clock, memory, verbs, reflector, start, stop } = setUpReflector();
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

  it('of a list that took long are no streams that held: the pauses grow all the same', async () => {
    const times: number[] = [];
    const list = async () => {
      await sleep(61_000, clock, new AbortController().signal);
      times.push(clock.monotonic());
      throw new ApiError('Unavailable', 'connection reset');
    };
    const change = (memory: MemoryClient) => changed(memory, { list });
    const { clock, end, start } = setUpReflector({ change, watchLists: false });
    start();
    await clock.advance(600_000);
    expect(pausesOf(times).map((ms) => ms - 61_000)).toEqual([400, 800, 1600, 3200, 5000, 5000, 5000, 5000]);
    end.abort();
  });

  it.each(['while listing', 'while watching', 'between two tries'])('or not, a stop is heard %s', async (when) => {
    const { memory, clock, end, start, ended } = setUpReflector({ watchLists: when !== 'while listing' });
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

  it('or not, a stop is heard between the last page and the watch', async () => {
    const list = async (): Promise<ObjectList> => {
      end.abort();
      return { items: [], resourceVersion: '100' };
    };
    const change = (memory: MemoryClient) => changed(memory, { list, watch: silentAfter(memory) });
    const { clock, end, start, ended } = setUpReflector({ change, watchLists: false });
    start();
    await clock.advance(200);
    await ended();
    expect(clock.timers).toBe(0);
  });
});

/** Streams with nothing in them, that end by their signal alone; a WatchList is refused by `memory`. */
function silentAfter(memory: MemoryClient): Client['watch'] {
  return async function* (resource, options) {
    if (options.sendInitialEvents) yield* memory.watch(resource, options);
    else yield await orAborted(new Promise<never>(() => undefined), options.signal);
  };
}

function pausesOf(times: number[]): number[] {
  return times.slice(1).map((time, n) => time - (times[n] ?? 0));
}
