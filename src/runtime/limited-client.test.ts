import { beforeEach, expect, it } from 'vitest';
import { configMaps } from './conformance-subject.ts';
import { ApiError } from './errors.ts';
import type { Lane } from './lanes.ts';
import { inLane } from './in-lane.ts';
import { limitedClient } from './limited-client.ts';
import { MemoryClient } from './memory-client.ts';
import { TestClock } from './test-clock.ts';
import { testRandom } from './test-random.ts';

const name = { namespace: 'ns', name: 'a' };

let memory: MemoryClient;
let admitted: Lane[];
let heeded: ApiError[];
let limit: { admit: (lane: Lane) => Promise<void>; heed: (error: ApiError) => void };
beforeEach(() => {
  memory = new MemoryClient({ clock: new TestClock(), resources: [configMaps], random: testRandom() });
  admitted = [];
  heeded = [];
  limit = {
    admit: async (lane) => void admitted.push(lane),
    heed: (error) => void heeded.push(error),
  };
});

it('holds each call in its lane, deletes in that of the urgent where they name no other', async () => {
  const client = limitedClient(memory, limit);
  const low = inLane(client, 'low');
  const { metadata } = await low.create(configMaps, { metadata: name });
  await low.patch(configMaps, name, { data: {} });
  await low.patchStatus(configMaps, name, { status: {} });
  await low.get(configMaps, name);
  await low.list(configMaps);
  await low.delete(configMaps, name, { uid: metadata.uid ?? '' });
  expect(admitted).toEqual(['low', 'low', 'low', 'low', 'low', 'urgent']);
  await client.list(configMaps);
  const urgent = inLane(client, 'urgent');
  await urgent.list(configMaps);
  const again = await urgent.create(configMaps, { metadata: name });
  await urgent.delete(configMaps, name, { uid: again.metadata.uid ?? '', lane: 'low' });
  expect(admitted.slice(6)).toEqual(['normal', 'urgent', 'urgent', 'low']);
});

it('sends nothing that is refused', async () => {
  const refusal = new ApiError('TooManyRequests', 'later');
  const client = limitedClient(memory, { ...limit, admit: () => Promise.reject(refusal) });
  await expect(client.create(configMaps, { metadata: name })).rejects.toBe(refusal);
  expect(memory.calls).toEqual([]);
  expect(heeded).toEqual([]);
});

it('hands on what the server refuses, deletes included', async () => {
  const refusal = new ApiError('TooManyRequests', 'slow down', { retryAfter: 3_000 });
  memory.before = () => refusal;
  const client = limitedClient(memory, limit);
  await expect(client.get(configMaps, name)).rejects.toBe(refusal);
  await expect(client.delete(configMaps, name, { uid: 'uid' })).rejects.toBe(refusal);
  expect(heeded).toEqual([refusal, refusal]);
});
