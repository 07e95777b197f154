import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { configMaps } from './conformance-subject.ts';
import { connect } from './http-client.ts';
import { TestClock } from './test-clock.ts';

/** A client of a server that never answers, and what resolves when that is asked. */
async function setUp() {
  const asked = Promise.withResolvers<void>();
  const server = createServer(() => asked.resolve()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const folder = await mkdtemp(join(tmpdir(), 'http-client-'));
  const kubeconfig = join(folder, 'kubeconfig');
  const config = {
    clusters: [{ name: 'c', cluster: { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'u', user: { token: 'abc' } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  };
  await writeFile(kubeconfig, JSON.stringify(config));
  const clock = new TestClock();
  const client = await connect({ kubeconfig, clock });
  onTestFinished(async () => {
    await client.close();
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true });
  });
  return { client, clock, asked: asked.promise };
}

const name = { namespace: 'ns', name: 'a' };

it.each([
  ['delete', 3_000],
  ['create', 10_000],
  ['list', 30_000],
] as const)('gives a %s %d ms', async (verb, limit) => {
  const { client, clock, asked } = await setUp();
  const start = {
    delete: () => client.delete(configMaps, name, { uid: 'uid' }),
    create: () => client.create(configMaps, { metadata: name }),
    list: () => client.list(configMaps),
  }[verb];
  const call = start().catch((error: unknown) => error);
  await asked;
  expect(clock.nextTimer).toBe(limit);
  await clock.advance(limit);
  expect(await call).toMatchObject({ reason: 'Unavailable', maybeDone: verb !== 'list' });
});
