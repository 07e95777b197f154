import { expect, it } from 'vitest';
import { configMaps, objectIn, widgets } from './conformance-subject.ts';
import { MemoryClient } from './memory-client.ts';
import { notingClient } from './noting-client.ts';
import { Store } from './store.ts';
import { TestClock } from './test-clock.ts';
import { testLog } from './test-log.ts';
import { testRandom } from './test-random.ts';

const name = { namespace: 'ns', name: 'a' };

function setUp() {
  const memory = new MemoryClient({ clock: new TestClock(), random: testRandom(), resources: [widgets, configMaps] });
  const store = new Store({ resource: widgets, read: (object) => object, log: testLog().log });
  return { memory, store, client: notingClient(memory, [store]) };
}

it('shows each write in the store as soon as its reply is here', async () => {
  const { client, store } = setUp();
  const { uid = '' } = (await client.create(widgets, objectIn('ns', 'a'))).metadata;
  expect(store.byUid(uid)).toBeDefined();
  await client.patch(widgets, name, { metadata: { finalizers: ['test/held'] } });
  await client.patchStatus(widgets, name, { status: { phase: 'Active' } });
  expect(store.get('ns/a')).toMatchObject({ metadata: { finalizers: ['test/held'] }, status: { phase: 'Active' } });
  await client.delete(widgets, name, { uid });
  expect(store.get('ns/a')?.metadata.deletionTimestamp).toBeDefined();
  await client.patch(widgets, name, { metadata: { finalizers: null } });
  await expect(client.delete(widgets, name, { uid })).rejects.toMatchObject({ reason: 'NotFound' });
  expect(store.size).toBe(0);
});

it('hides what was deleted', async () => {
  const { client, store } = setUp();
  const { uid = '' } = (await client.create(widgets, objectIn('ns', 'a'))).metadata;
  await client.delete(widgets, name, { uid });
  expect(store.size).toBe(0);
});

it('notes nothing of a dry run, of a refusal, or of a resource without a store', async () => {
  const { client, memory, store } = setUp();
  await client.create(widgets, objectIn('ns', 'a'), { dryRun: true });
  await client.create(configMaps, objectIn('ns', 'a'));
  expect(store.size).toBe(0);
  const { uid = '' } = (await client.create(widgets, objectIn('ns', 'a'))).metadata;
  await client.patch(widgets, name, { spec: { size: 1 } }, { dryRun: true });
  await client.patchStatus(widgets, name, { status: { size: 1 } }, { dryRun: true });
  await client.delete(widgets, name, { uid, dryRun: true });
  await expect(client.delete(widgets, name, { uid: 'another' })).rejects.toMatchObject({ reason: 'Conflict' });
  expect(store.get('ns/a')).toEqual(await memory.get(widgets, name));
});
