import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { ConnectionPools } from './http-pools.ts';

const bad = { cert: 'no certificate', key: 'no key' };

/** Pools without a proxy, and a call that is answered by a server on loopback. */
async function setUp() {
  const server = createServer((_, response) => response.end('here')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : undefined}`;
  const pools = new ConnectionPools(undefined);
  onTestFinished(async () => {
    await pools.destroy();
    server.close();
  });
  const call = async (tls: object) => {
    const { body } = await pools.get(tls).calls.request({ origin, path: '/', method: 'GET' });
    return body.text();
  };
  return { pools, call };
}

it('keeps the connections it has where a certificate is of no use, and says so each time', async () => {
  const { pools, call } = await setUp();
  const good = { servername: 'one' };
  const before = pools.get(good);
  for (let n = 0; n < 2; n++) await expect(call(bad)).rejects.toThrow(/PEM/);
  expect(pools.get(good)).toBe(before);
  expect(await call(good)).toBe('here');
});

it('has new connections for new certificates, and ends the others with their last call', async () => {
  const { pools, call } = await setUp();
  const before = pools.get({ servername: 'one' });
  expect(pools.get({ servername: 'one' })).toBe(before);
  expect(await call({ servername: 'two' })).toBe('here');
  await expect(before.calls.request({ origin: 'http://127.0.0.1:1', path: '/', method: 'GET' })).rejects.toMatchObject({
    code: expect.stringMatching(/^UND_ERR_(CLOSED|DESTROYED)$/),
  });
});

it('makes no connections any more once they were all broken', async () => {
  const { pools, call } = await setUp();
  expect(await call({})).toBe('here');
  await pools.destroy();
  await expect(call({})).rejects.toMatchObject({
    reason: 'Unavailable',
    message: 'the client is closed',
    maybeDone: false,
  });
});
