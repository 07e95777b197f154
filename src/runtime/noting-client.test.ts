import { describe, expect, it } from 'vitest';
import { configMaps, objectIn, widgets } from './conformance-subject.ts';
import { ApiError } from './errors.ts';
import { MemoryClient } from './memory-client.ts';
import { notingClient } from './noting-client.ts';
import { Store } from './store.ts';
import { TestClock } from './test-clock.ts';
import { testLog } from './test-log.ts';
import { testRandom } from './test-random.ts';

const name = { namespace: 'ns', name: 'a' };

function setUp() {
  const clock = new TestClock();
  const memory = new MemoryClient({ clock, random: testRandom(), resources: [widgets, configMaps] });
  const store = new Store({ resource: widgets, read: (object) => object, log: testLog().log });
  return { clock, memory, store, client: notingClient(memory, [store], clock) };
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
  expect(store.size).toBe(0);
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

describe('a write whose reply is lost', () => {
  const lost = new ApiError('Unavailable', 'connection reset', { maybeDone: true });

  it.each(['create', 'patch', 'patchStatus'] as const)('(%s) shows in the store all the same', async (verb) => {
    const { client, memory, store, clock } = setUp();
    const start = {
      create: () => client.create(widgets, objectIn('ns', 'a', { metadata: { labels: { a: 'b' } } })),
      patch: () => client.patch(widgets, name, { spec: { size: 1 } }),
      patchStatus: () => client.patchStatus(widgets, name, { status: { size: 1 } }),
    }[verb];
    if (verb !== 'create') await memory.create(widgets, objectIn('ns', 'a'));
    memory.after = (call) => (call.verb === verb ? lost : undefined);
    await expect(start()).rejects.toBe(lost);
    expect(store.get('ns/a')).toEqual(await memory.get(widgets, name));
    expect(clock.timers).toBe(0);
  });

  it('and that took the last finalizer off shows that the object is gone', async () => {
    const { client, memory, store } = setUp();
    const { uid = '' } = (
      await client.create(widgets, objectIn('ns', 'a', { metadata: { finalizers: ['test/held'] } }))
    ).metadata;
    await client.delete(widgets, name, { uid });
    memory.after = ({ verb }) => (verb === 'patch' ? lost : undefined);
    await expect(client.patch(widgets, name, { metadata: { finalizers: null } })).rejects.toBe(lost);
    expect(store.size).toBe(0);
  });

  it('and that cannot be read leaves what the store has', async () => {
    const { client, memory, store } = setUp();
    await client.create(widgets, objectIn('ns', 'a'));
    memory.before = ({ verb }) => (verb === 'create' ? undefined : lost);
    await expect(client.patch(widgets, name, { spec: { size: 1 } })).rejects.toBe(lost);
    expect(store.size).toBe(1);
  });

  it('and that did not happen shows nothing', async () => {
    const { client, memory, store } = setUp();
    memory.before = (call) => (call.verb === 'create' ? lost : undefined);
    await expect(client.create(widgets, objectIn('ns', 'a'))).rejects.toBe(lost);
    expect(store.size).toBe(0);
  });

  it('shows nothing that somebody else made under its name', async () => {
    const { client, memory, store } = setUp();
    await memory.create(widgets, objectIn('ns', 'a'));
    memory.before = (call) => (call.verb === 'create' ? lost : undefined);
    const labelled = objectIn('ns', 'a', { metadata: { labels: { a: 'b' } } });
    await expect(client.create(widgets, labelled)).rejects.toBe(lost);
    expect(store.size).toBe(0);
  });

  it('is read once, and only where it may have happened', async () => {
    const { client, memory } = setUp();
    memory.before = ({ verb }) => (verb === 'get' ? undefined : new ApiError('Unavailable', 'refused'));
    await expect(client.create(widgets, objectIn('ns', 'a'))).rejects.toThrow('refused');
    await expect(client.create(configMaps, objectIn('ns', 'a'))).rejects.toThrow('refused');
    expect(memory.calls.map(({ verb }) => verb)).toEqual(['create', 'create']);
    memory.before = ({ verb }) => (verb === 'delete' ? lost : undefined);
    await expect(client.delete(widgets, name, { uid: 'uid' })).rejects.toBe(lost);
    expect(memory.calls.map(({ verb }) => verb)).toEqual(['create', 'create', 'delete']);
  });

  it('keeps nobody for longer than a second, and shows once it is known', async () => {
    const { client, memory, store, clock } = setUp();
    const answer = Promise.withResolvers<undefined>();
    memory.after = ({ verb }) => (verb === 'create' ? lost : answer.promise);
    const writing = client.create(widgets, objectIn('ns', 'a')).catch((error: unknown) => error);
    await clock.advance(1_000);
    expect(await writing).toBe(lost);
    expect(store.size).toBe(0);
    answer.resolve(undefined);
    await clock.advance(0);
    expect(store.size).toBe(1);
  });
});
