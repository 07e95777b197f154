import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeCalls } from '../../src/runtime/client.conformance.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { configMaps, objectIn, type Subject } from '../../src/runtime/conformance-subject.ts';
import type { HttpClient } from '../../src/runtime/http-client.ts';
import { ServerClock } from '../../src/runtime/server-clock.ts';
import { describeListAndWatch } from '../../src/runtime/watch.conformance.ts';
import { connectAsAdmin, namespaces, newNamespace, serveWidgets } from './cluster.ts';

let client: HttpClient;

beforeAll(async () => {
  await serveWidgets();
  client = await connectAsAdmin();
});

afterAll(() => client.close());

async function setUp(): Promise<Subject> {
  const namespace = await newNamespace(client);
  return { client, namespace, pass: () => Promise.resolve(), forget: () => undefined };
}

describe('the client of a real API server', () => {
  describeCalls(setUp);
  describeListAndWatch(setUp);
});

it('acts as whom it is told to, and passes on why that is refused', async () => {
  const impersonating = await connectAsAdmin({ impersonate: { user: 'dana', groups: ['developers', 'on-call'] } });
  const refused = impersonating.list(configMaps, { namespace: 'default' });
  await expect(refused).rejects.toMatchObject({
    reason: 'Forbidden',
    code: 403,
    message: expect.stringContaining('"dana"'),
  });
  await impersonating.close();
});

it('learns the server’s clock from its answers', async () => {
  const clock = new ServerClock(systemClock);
  const learning = await connectAsAdmin({ onServerDate: (date) => clock.learn(date) });
  await learning.list(namespaces, { limit: 1 });
  // The same machine: the header is cut to the second, and a little older by now.
  expect(clock.skew).toBeLessThanOrEqual(0);
  expect(clock.skew).toBeGreaterThan(-5000);
  await learning.close();
});

it('leaves calls their connections, however many watches are open', async () => {
  const busy = await connectAsAdmin();
  const end = new AbortController();
  const watches = Array.from({ length: 40 }, () =>
    busy.watch(namespaces, { sendInitialEvents: true, signal: end.signal })[Symbol.asyncIterator](),
  );
  await Promise.all(watches.map((watch) => watch.next()));
  expect((await busy.list(namespaces, { limit: 1 })).items).toHaveLength(1);
  end.abort(new Error('enough'));
  await Promise.allSettled(watches.map((watch) => watch.next()));
  await busy.close();
});

it('carries more calls at once than it has connections', async () => {
  const namespace = await newNamespace(client);
  const names = Array.from({ length: 200 }, (_, n) => `object-${n}`);
  await Promise.all(names.map((name) => client.create(configMaps, objectIn(namespace, name, { data: { name } }))));
  expect((await client.list(configMaps, { namespace, labelSelector: '!none' })).items).toHaveLength(200);
});

it('rejects what is under way when it is closed', async () => {
  const closing = await connectAsAdmin();
  const watch = closing.watch(namespaces, { sendInitialEvents: true })[Symbol.asyncIterator]();
  await watch.next();
  const pending = (async () => {
    while (!(await watch.next()).done);
  })();
  await closing.close();
  await expect(pending).rejects.toMatchObject({ name: 'ApiError', reason: 'Unavailable' });
});
