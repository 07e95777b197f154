import { expect, it } from 'vitest';
import { configMaps, widgets } from './conformance-subject.ts';
import { Manager, type Syncing } from './manager.ts';
import type { Resource } from './object.ts';
import { settle, TestClock } from './test-clock.ts';
import { testLog } from './test-log.ts';
import { aborted } from './waiting.ts';

class FakeReflector implements Syncing {
  readonly resource: Resource;
  hasSynced = false;
  readonly synced: Promise<void>;
  readonly #steps: string[];
  #sync: () => void = () => undefined;

  constructor(resource: Resource, steps: string[]) {
    this.resource = resource;
    this.#steps = steps;
    this.synced = new Promise((resolve) => (this.#sync = resolve));
  }

  sync(): void {
    this.hasSynced = true;
    this.#sync();
  }

  run(signal: AbortSignal): Promise<void> {
    return part(this.resource.plural, this.#steps).run(signal);
  }
}

function part(name: string, steps: string[]) {
  const run = async (signal: AbortSignal) => {
    steps.push(`+${name}`);
    await aborted(signal);
    await settle();
    steps.push(`-${name}`);
  };
  return { name, run };
}

function setUp(extra: { name: string; run: (signal: AbortSignal) => Promise<void> }[] = []) {
  const clock = new TestClock();
  const { log, at } = testLog();
  const steps: string[] = [];
  const reflectors = [new FakeReflector(configMaps, steps), new FakeReflector(widgets, steps)];
  const runnables = [part('one', steps), part('two', steps), ...extra];
  const manager = new Manager({ clock, log, reflectors, runnables });
  const end = new AbortController();
  const running = manager.run(end.signal);
  const sync = () => reflectors.forEach((reflector) => reflector.sync());
  return { clock, at, steps, reflectors, manager, end, running, sync };
}

it('starts to work when every store is full, and says what it waits for', async () => {
  const { steps, reflectors, manager, end, running, sync } = setUp();
  expect(steps).toEqual(['+configmaps', '+widgets']);
  expect(manager.ready()).toEqual(['not synced: configmaps', 'not synced: widgets']);
  reflectors[0]?.sync();
  await settle();
  expect(steps).toHaveLength(2);
  expect(manager.ready()).toEqual(['not synced: widgets']);
  sync();
  await settle();
  expect(steps.slice(2)).toEqual(['+one', '+two']);
  expect(manager.ready()).toEqual([]);
  end.abort();
  await running;
  expect(manager.ready()).toEqual(['stopping']);
});

it('starts what reads some stores only as soon as those are full', async () => {
  const steps: string[] = [];
  const early = { ...part('early', steps), reads: [configMaps] };
  const { reflectors, manager, end, running, steps: others } = setUp([early]);
  await settle();
  expect(steps).toEqual([]);
  reflectors[0]?.sync();
  await settle();
  expect(steps).toEqual(['+early']);
  expect(manager.ready()).toEqual(['not synced: widgets']);
  end.abort();
  await running;
  expect(steps).toEqual(['+early', '-early']);
  expect(others).toEqual(['+configmaps', '+widgets', '-configmaps', '-widgets']);
});

it('stops what feeds others first and the reflectors last, each when the one before has ended', async () => {
  const { steps, end, running, sync } = setUp();
  sync();
  await settle();
  steps.length = 0;
  end.abort();
  await running;
  expect(steps).toEqual(['-one', '-two', '-configmaps', '-widgets']);
});

it('stops before it ever worked', async () => {
  const { steps, end, running } = setUp();
  end.abort();
  await running;
  expect(steps).toEqual(['+configmaps', '+widgets', '-configmaps', '-widgets']);
});

it.each([
  ['fails', () => Promise.reject(new Error('broken'))],
  ['ends by itself', () => Promise.resolve()],
])('stops all and rejects when a part %s', async (_, run) => {
  const { steps, manager, running, sync, at } = setUp([{ name: 'weak', run }]);
  sync();
  await expect(running).rejects.toThrow(/broken|weak ended by itself/);
  expect(steps.slice(-4)).toEqual(['-one', '-two', '-configmaps', '-widgets']);
  expect(manager.healthy()).toBe(false);
  expect(at('error')).toEqual(['part failed, stopping all']);
});

it('does not wait more than 15 s for parts that do not stop', async () => {
  const stubborn = { name: 'stubborn', run: () => new Promise<void>(() => undefined) };
  const { clock, steps, end, running, sync, at } = setUp([stubborn, { ...stubborn, name: 'too' }]);
  sync();
  await settle();
  end.abort();
  await clock.advance(15_000);
  await running;
  expect(at('warn')).toEqual(['part did not stop in time', 'part did not stop in time']);
  expect(steps).toContain('-one');
});
