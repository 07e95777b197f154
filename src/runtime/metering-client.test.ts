import { expect, it } from 'vitest';
import type { Client, WatchEvent } from './client.ts';
import { configMaps, objectIn } from './conformance-subject.ts';
import { ApiError } from './errors.ts';
import { MemoryClient } from './memory-client.ts';
import { meteringClient } from './metering-client.ts';
import { RuntimeMetrics } from './metrics.ts';
import { TestClock } from './test-clock.ts';
import { testRandom } from './test-random.ts';

/** A metered client of the twin, of which `change` replaces a part. */
function setUp(change: Partial<Client> = {}) {
  const clock = new TestClock();
  const memory = new MemoryClient({ clock, random: testRandom(), resources: [configMaps] });
  const metrics = new RuntimeMetrics({ process: false });
  const client = meteringClient(Object.assign(memory, change), { clock, metrics });
  const said = async (name: string) =>
    (await metrics.registry.metrics()).split('\n').filter((line) => line.startsWith(name));
  return { clock, client, said };
}

it('counts calls by verb, resource and code', async () => {
  const { client, said } = setUp();
  const name = { namespace: 'ns', name: 'one' };
  const { metadata } = await client.create(configMaps, objectIn('ns', 'one'));
  await client.patch(configMaps, name, { data: { a: 'b' } });
  await client.get(configMaps, name);
  await client.list(configMaps);
  await client.delete(configMaps, name, { uid: metadata.uid ?? '' });
  await expect(client.get(configMaps, name)).rejects.toMatchObject({ code: 404 });
  expect(await said('api_calls_total')).toEqual(
    [
      ['create', 201],
      ['patch', 200],
      ['get', 200],
      ['list', 200],
      ['delete', 200],
      ['get', 404],
    ].map(([verb, code]) => `api_calls_total{verb="${verb}",resource="configmaps",code="${code}"} 1`),
  );
});

it('times calls, those that fail too', async () => {
  const { client, clock, said } = setUp({
    get: async () => {
      await clock.advance(40);
      throw new ApiError('Unavailable', 'no answer');
    },
  });
  await expect(client.get(configMaps, { namespace: 'ns', name: 'one' })).rejects.toMatchObject({ code: 0 });
  const buckets = await said('api_call_duration_seconds_bucket');
  expect(buckets.filter((line) => line.endsWith(' 1'))[0]).toContain('le="0.05"');
  expect(await said('api_calls_total')).toEqual(['api_calls_total{verb="get",resource="configmaps",code="0"} 1']);
});

it('counts no call that the caller gave up', async () => {
  const { client, said } = setUp({ get: () => Promise.reject(new Error('enough')) });
  await expect(client.get(configMaps, { namespace: 'ns', name: 'one' })).rejects.toThrow('enough');
  expect(await said('api_calls_total')).toEqual([]);
});

it('counts watches by how they end', async () => {
  const ends = [undefined, new ApiError('Expired', 'too old', { code: 410 }), new Error('enough')];
  async function* watch(): AsyncGenerator<WatchEvent, void> {
    yield await Promise.resolve({ type: 'BOOKMARK', resourceVersion: '7', initialEventsEnd: false } as const);
    const end = ends.shift();
    if (end) throw end;
  }
  const { client, said } = setUp({ watch });
  const versions: string[] = [];
  async function read(): Promise<void> {
    for await (const event of client.watch(configMaps, {}))
      if ('resourceVersion' in event) versions.push(event.resourceVersion);
  }
  await read();
  await expect(read()).rejects.toMatchObject({ code: 410 });
  await expect(read()).rejects.toThrow('enough');
  expect(versions).toEqual(['7', '7', '7']);
  expect(await said('api_calls_total')).toEqual([
    'api_calls_total{verb="watch",resource="configmaps",code="200"} 1',
    'api_calls_total{verb="watch",resource="configmaps",code="410"} 1',
  ]);
});
