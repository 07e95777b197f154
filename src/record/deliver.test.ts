import { beforeEach, describe, expect, it } from 'vitest';
import { EVENTS, NAMESPACES } from '../api/kubernetes.ts';
import { refusing, testCluster } from '../grant/test-cluster.ts';
import { ApiError } from '../runtime/errors.ts';
import type { MemoryClient } from '../runtime/memory-client.ts';
import { testLog } from '../runtime/test-log.ts';
import { deliverEvent } from './deliver.ts';
import { eventFor } from './event.ts';
import type { Delivery } from './outbox.ts';

const delivery: Delivery = {
  request: { namespace: 'payments', name: 'r', uid: 'u-1' },
  entry: { sequence: 1, time: '2026-12-01T09:00:00Z', type: 'Granted', reason: 'Granted', actor: 'x', message: '' },
};
const NAME = { namespace: 'payments', name: 'daypass.u-1.1' };

let client: MemoryClient;
let log: ReturnType<typeof testLog>;
beforeEach(async () => {
  client = await testCluster();
  log = testLog();
});

function deliver(): Promise<void> {
  return deliverEvent(client, delivery, 'pod-1', log.log, new AbortController().signal);
}

it('writes the Event', async () => {
  await deliver();
  await expect(client.get(EVENTS, NAME)).resolves.toMatchObject({ reason: 'Granted', regarding: { uid: 'u-1' } });
});

it('writes one, however often', async () => {
  await deliver();
  await deliver();
  expect((await client.list(EVENTS)).items).toHaveLength(1);
  expect(log.lines).toEqual([]);
});

it('counts an Event whose answer was lost', async () => {
  client.after = () => new ApiError('Unavailable', 'lost', { maybeDone: true });
  await expect(deliver()).rejects.toMatchObject({ reason: 'Unavailable' });
  client.after = undefined;
  await expect(deliver()).resolves.toBeUndefined();
});

it('does not wait for a name that somebody else took, and says so', async () => {
  await client.create(EVENTS, { ...eventFor(delivery, 'x'), reportingController: 'example.org/mallory' });
  await expect(deliver()).resolves.toBeUndefined();
  expect(log.at('warn')).toEqual(['somebody else took the name of an Event']);
});

it('does not count one that was planted before it, and says so once', async () => {
  await client.create(EVENTS, { ...eventFor(delivery, 'pod-1'), note: 'by nobody in particular' });
  await expect(deliver()).resolves.toBeUndefined();
  expect(log.at('warn')).toEqual(['somebody else took the name of an Event']);
});

it('counts one that has just run out its time to live', async () => {
  client.before = refusing('create', 'AlreadyExists');
  await expect(deliver()).resolves.toBeUndefined();
  expect(log.at('warn')).toEqual([]);
});

describe('what cannot be written', () => {
  it('holds nobody up: a namespace on its way out takes no Events', async () => {
    const { metadata } = await client.get(NAMESPACES, { name: 'payments' });
    await client.delete(NAMESPACES, { name: 'payments' }, { uid: metadata.uid ?? '' });
    await expect(deliver()).resolves.toBeUndefined();
    expect(log.at('debug')).toEqual(['Event cannot be written']);
  });

  it.each(['NotFound', 'Forbidden', 'Invalid'] as const)('for %s is let go', async (reason) => {
    client.before = refusing('create', reason);
    await expect(deliver()).resolves.toBeUndefined();
  });

  it.each(['Forbidden', 'Invalid'] as const)('for %s is told to whoever reads the log', async (reason) => {
    client.before = refusing('create', reason);
    await deliver();
    expect(log.at('warn')).toEqual(['Event cannot be written']);
  });

  it.each(['Unavailable', 'TooManyRequests', 'Unauthorized', 'Conflict'] as const)(
    'for %s is tried again',
    async (reason) => {
      client.before = refusing('create', reason);
      await expect(deliver()).rejects.toMatchObject({ reason });
    },
  );

  it('because nobody can tell whose the name is, is tried again', async () => {
    client.before = (call) => refusing('create', 'AlreadyExists')(call) ?? refusing('get', 'Unavailable')(call);
    await expect(deliver()).rejects.toMatchObject({ reason: 'Unavailable' });
  });
});
