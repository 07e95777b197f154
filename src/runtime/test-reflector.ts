import { expect } from 'vitest';
import type { Client } from './client.ts';
import { configMaps, objectIn } from './conformance-subject.ts';
import { Health } from './health.ts';
import { MemoryClient } from './memory-client.ts';
import { Reflector } from './reflector.ts';
import { Store } from './store.ts';
import { TestClock } from './test-clock.ts';
import { testLog } from './test-log.ts';
import { testRandom } from './test-random.ts';

/** A reflector over the twin; `change` may put something between the two. For tests alone. */
export function setUpReflector({
  change = (client: MemoryClient): Client => client,
  watchLists = true,
  random = (): number => 0,
} = {}) {
  const clock = new TestClock();
  const memory = new MemoryClient({ clock, random: testRandom(), resources: [configMaps] });
  memory.watchLists = watchLists;
  const { log, at } = testLog();
  const store = new Store({ resource: configMaps, read: (object) => object, log });
  const options = { resource: configMaps, store, clock, random, log, health: new Health() };
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

/** The twin with another way to do some things. */
export function changed(memory: MemoryClient, change: Partial<Client>): Client {
  return new Proxy(memory, { get: (target, name) => bound(name in change ? change : target, name) });
}

function bound(target: object, name: string | symbol): unknown {
  const value: unknown = Reflect.get(target, name, target);
  return typeof value === 'function' ? value.bind(target) : value;
}

function byText(one: string, other: string): number {
  return one.localeCompare(other);
}
