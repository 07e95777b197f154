import { beforeEach, expect, it } from 'vitest';
import { CONFIG_MAPS, NAMESPACES } from '../api/kubernetes.ts';
import { testCluster } from '../grant/test-cluster.ts';
import type { MemoryClient } from '../runtime/memory-client.ts';
import { loadCheckpoint, saveCheckpoint, upTo } from './checkpoint.ts';

const metadata = { namespace: 'daypass-system', name: 'daypass-checkpoint' };
const { signal } = new AbortController();

let client: MemoryClient;
beforeEach(async () => {
  client = await testCluster();
  await client.create(NAMESPACES, { metadata: { name: 'daypass-system' } });
});

it('is read as it was written', async () => {
  await client.create(CONFIG_MAPS, { metadata });
  const checkpoint = { events: '2026-12-01T09:00:00Z', fuseProvenAt: '2026-12-01T08:00:00Z' };
  await saveCheckpoint(client, checkpoint, signal);
  expect(await loadCheckpoint(client, signal)).toEqual(checkpoint);
});

it('keeps what is not written anew', async () => {
  await client.create(CONFIG_MAPS, { metadata });
  await saveCheckpoint(client, { events: '2026-12-01T09:00:00Z' }, signal);
  await saveCheckpoint(client, { fuseProvenAt: '2026-12-01T08:00:00Z' }, signal);
  expect(await loadCheckpoint(client, signal)).toMatchObject({ events: '2026-12-01T09:00:00Z' });
});

it('forgets a proof that no longer counts', async () => {
  await client.create(CONFIG_MAPS, { metadata });
  await saveCheckpoint(client, { fuseProvenAt: '2026-12-01T08:00:00Z' }, signal);
  await saveCheckpoint(client, { events: '2026-12-01T09:00:00Z' }, signal);
  expect(await loadCheckpoint(client, signal)).toEqual({ events: '2026-12-01T09:00:00Z' });
});

it.each([undefined, null, 'x', [], { events: 'yesterday', fuseProvenAt: '1' }])(
  'that makes no sense is none: %j',
  async (data) => {
    await client.create(CONFIG_MAPS, { metadata, data });
    const { events, fuseProvenAt } = await loadCheckpoint(client, signal);
    expect({ events, fuseProvenAt }).toEqual({ events: undefined, fuseProvenAt: undefined });
  },
);

it('leaves out only the part that makes no sense', async () => {
  await client.create(CONFIG_MAPS, { metadata, data: { events: 'yesterday', fuseProvenAt: '2026-12-01T08:00:00Z' } });
  expect(await loadCheckpoint(client, signal)).toMatchObject({ fuseProvenAt: '2026-12-01T08:00:00Z' });
});

it('is not made up where the ConfigMap is not there', async () => {
  await expect(loadCheckpoint(client, signal)).rejects.toMatchObject({ reason: 'NotFound' });
});

it('says nothing of the future: what does is left out', () => {
  const now = new Date('2026-12-01T09:00:00Z');
  const rest = { admission: 'abc', admissionProvenAt: '2026-12-01T08:59:00Z' };
  const [present, future] = ['2026-12-01T09:00:00Z', '2026-12-01T09:00:01Z'];
  expect(upTo(now, { ...rest, events: present, fuseProvenAt: present })).toEqual({
    ...rest,
    events: present,
    fuseProvenAt: present,
  });
  expect(upTo(now, { ...rest, events: future, fuseProvenAt: future })).toEqual(rest);
});
