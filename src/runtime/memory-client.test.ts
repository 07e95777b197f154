import { describe, expect, it } from 'vitest';
import { describeCalls } from './client.conformance.ts';
import { clusterRoles, configMaps, objectIn, type Subject, widgets } from './conformance-subject.ts';
import { ApiError } from './errors.ts';
import { MemoryClient } from './memory-client.ts';
import type { Resource } from './object.ts';
import { settle, TestClock } from './test-clock.ts';
import { testRandom } from './test-random.ts';
import { describeListAndWatch } from './watch.conformance.ts';

const namespaces = {
  group: '',
  version: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  namespaced: false,
} satisfies Resource;

async function setUp(): Promise<Omit<Subject, 'client'> & { client: MemoryClient }> {
  const clock = new TestClock();
  const client = new MemoryClient({
    clock,
    random: testRandom(),
    resources: [namespaces, configMaps, clusterRoles, widgets],
  });
  await client.create(namespaces, { metadata: { name: 'ns' } });
  return { client, namespace: 'ns', pass: (ms) => clock.advance(ms), forget: () => client.compact() };
}

describe('the in-memory twin', () => {
  describeCalls(setUp);
  describeListAndWatch(setUp);
});

describe('as a tool for tests, it', () => {
  const widget = objectIn('ns', 'a');

  it('refuses the call that a hook picks, which then has not happened', async () => {
    const { client } = await setUp();
    client.before = ({ verb }) => (verb === 'create' ? new ApiError('Forbidden', 'no') : undefined);
    await expect(client.create(widgets, widget)).rejects.toMatchObject({ reason: 'Forbidden' });
    client.before = undefined;
    expect((await client.list(widgets)).items).toEqual([]);
  });

  it('loses the reply that a hook picks, though the call has happened', async () => {
    const { client } = await setUp();
    client.after = () => Promise.resolve(new ApiError('Unavailable', 'lost', { maybeDone: true }));
    await expect(client.create(widgets, widget)).rejects.toMatchObject({ maybeDone: true });
    client.after = undefined;
    expect((await client.list(widgets)).items).toHaveLength(1);
  });

  it('keeps a log of the calls', async () => {
    const { client } = await setUp();
    await client.create(widgets, widget, { dryRun: true });
    expect(client.calls.at(-1)).toMatchObject({
      verb: 'create',
      resource: widgets,
      name: { name: 'a' },
      body: widget,
      dryRun: true,
    });
  });

  it('is not changed by what callers do to the objects they gave or got', async () => {
    const { client } = await setUp();
    const given = objectIn('ns', 'a', { spec: { size: 1 } });
    const got = await client.create(widgets, given);
    given['spec'] = {};
    got['spec'] = {};
    expect((await client.get(widgets, { namespace: 'ns', name: 'a' }))['spec']).toEqual({ size: 1 });
  });

  it('forgets continue tokens too when it forgets its history', async () => {
    const { client } = await setUp();
    for (const name of ['a', 'b']) await client.create(widgets, objectIn('ns', name));
    const { continue: token = '' } = await client.list(widgets, { limit: 1 });
    client.compact();
    await expect(client.list(widgets, { limit: 1, continue: token })).rejects.toMatchObject({ reason: 'Expired' });
  });

  it('refuses pages with more objects than it is told', async () => {
    const { client } = await setUp();
    for (const name of ['a', 'b']) await client.create(widgets, objectIn('ns', name));
    client.longestPage = 1;
    for (const limit of [undefined, 2])
      await expect(client.list(widgets, limit ? { limit } : {})).rejects.toMatchObject({ reason: 'TooLong' });
    expect((await client.list(widgets, { limit: 1 })).items).toHaveLength(1);
  });

  it('sends bookmarks after two minutes and then every minute, and whenever told to', async () => {
    const { client, pass } = await setUp();
    const watch = client.watch(widgets, { resourceVersion: '101' });
    for (const ms of [120_000, 60_000, 60_000]) {
      let came = false;
      const bookmark = watch.next().finally(() => (came = true));
      await pass(ms - 1);
      expect(came).toBe(false);
      await pass(1);
      expect(await bookmark).toMatchObject({ value: { type: 'BOOKMARK', initialEventsEnd: false } });
    }
    client.bookmark();
    expect((await watch.next()).value).toMatchObject({ type: 'BOOKMARK' });
    await watch.return();
  });

  it('breaks watches', async () => {
    const { client } = await setUp();
    const event = client.watch(widgets, { resourceVersion: '101' }).next();
    await settle();
    client.endWatches(new ApiError('Unavailable', 'connection reset'));
    await expect(event).rejects.toMatchObject({ reason: 'Unavailable' });
  });

  it('refuses new objects in a namespace that is being terminated', async () => {
    const { client } = await setUp();
    const metadata = { name: 'ending', finalizers: ['kubernetes'] };
    const { uid = '' } = (await client.create(namespaces, { metadata })).metadata;
    await client.delete(namespaces, { name: 'ending' }, { uid });
    const refused = client.create(widgets, objectIn('ending', 'a'));
    await expect(refused).rejects.toMatchObject({ reason: 'Forbidden', causes: ['NamespaceTerminating'] });
  });
});
