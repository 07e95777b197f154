import { beforeEach, expect, it } from 'vitest';
import type { ListOptions, ObjectList } from './client.ts';
import { configMaps, objectIn, widgets } from './conformance-subject.ts';
import { ApiError } from './errors.ts';
import { MemoryClient } from './memory-client.ts';
import type { Resource } from './object.ts';
import { sharingClient } from './sharing-client.ts';
import { settle, TestClock } from './test-clock.ts';
import { testRandom } from './test-random.ts';

let memory: MemoryClient;
/** Lets the oldest list that waits go on to the API server. */
let gates: (() => void)[];

class SlowClient extends MemoryClient {
  override async list(resource: Resource, options: ListOptions = {}): Promise<ObjectList> {
    const page = await super.list(resource, options);
    await new Promise<void>((resolve) => gates.push(resolve));
    return page;
  }
}

beforeEach(() => {
  gates = [];
  memory = new SlowClient({ clock: new TestClock(), random: testRandom(), resources: [widgets, configMaps] });
});

async function openGate(): Promise<void> {
  gates.shift()?.();
  await settle();
}

const names = ({ items }: ObjectList) => items.map(({ metadata }) => metadata.name);

it('answers many with one list, read after each of them asked', async () => {
  const client = sharingClient(memory);
  const first = client.list(widgets);
  await settle();
  await memory.create(widgets, objectIn('ns', 'a'));
  const others = Array.from({ length: 100 }, () => client.list(widgets));
  await settle();
  expect(gates).toHaveLength(1);
  await openGate();
  expect(names(await first)).toEqual([]);
  expect(gates).toHaveLength(1);
  await openGate();
  expect((await Promise.all(others)).map(names)).toEqual(others.map(() => ['a']));
  expect(gates).toHaveLength(0);
  const later = client.list(widgets);
  await settle();
  await openGate();
  expect(names(await later)).toEqual(['a']);
});

it('keeps lists of different things apart', async () => {
  const client = sharingClient(memory);
  const all = [client.list(widgets), client.list(configMaps), client.list(widgets, { namespace: 'ns' })];
  await settle();
  expect(gates).toHaveLength(3);
  while (gates.length > 0) await openGate();
  await Promise.all(all);
});

it('goes on after a list that failed', async () => {
  const client = sharingClient(memory);
  const bad = client.list(widgets, { continue: 'nonsense' });
  const worse = client.list(widgets, { continue: 'nonsense' });
  await expect(bad).rejects.toBeInstanceOf(ApiError);
  await expect(worse).rejects.toBeInstanceOf(ApiError);
  await expect(client.list(widgets, { continue: 'nonsense' })).rejects.toBeInstanceOf(ApiError);
});

it('lets one who gives up go, and answers the others', async () => {
  const client = sharingClient(memory);
  const end = new AbortController();
  const first = client.list(widgets, { signal: end.signal });
  const second = client.list(widgets);
  await settle();
  end.abort(new Error('enough'));
  await expect(first).rejects.toThrow('enough');
  await openGate();
  await openGate();
  expect(names(await second)).toEqual([]);
});
