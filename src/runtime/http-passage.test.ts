import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { expect, it } from 'vitest';
import { configMaps } from './conformance-subject.ts';
import { ApiError, isApiError } from './errors.ts';
import { fencedClient } from './fenced-client.ts';
import { HttpClient } from './http-client.ts';
import { CONNECTIONS } from './http-pools.ts';
import { momentOf, Term } from './term.ts';
import { settle } from './test-clock.ts';
import { post, testTransport } from './test-transport.ts';

/** A fence that is open until it is closed. */
function fenceOf() {
  let closed = false;
  const refusal = new ApiError('Unavailable', 'no longer the leader');
  const fence = () => {
    if (closed) throw refusal;
  };
  return { fence, refusal, close: () => void (closed = true) };
}

it('sends nothing where the fence has closed while credentials were read', async () => {
  const asked: unknown[] = [];
  const { transport } = await testTransport(({ url }, response) => {
    asked.push(url);
    response.end('{}');
  });
  const { fence, refusal, close } = fenceOf();
  const call = transport.call({ ...post, fence }).catch((error: unknown) => error);
  close();
  expect(await call).toBe(refusal);
  expect(asked).toEqual([]);
});

it.each([
  ['opened', 'undici:client:connected', 0],
  ['looked at once more', 'undici:request:create', 1],
])('sends nothing where the fence has closed while the connection was %s', async (_, moment, before) => {
  let asked = 0;
  const { transport } = await testTransport((_request, response) => {
    asked++;
    response.end('{}');
  });
  for (let n = 0; n < before; n++) await transport.call(post);
  const { fence, refusal, close } = fenceOf();
  subscribe(moment, close);
  const call = transport.call({ ...post, fence }).catch((error: unknown) => error);
  expect(await call).toBe(refusal);
  unsubscribe(moment, close);
  expect(asked).toBe(before);
  await expect(transport.call(post)).resolves.toEqual({});
});

it('sends nothing where the fence has closed while all connections were taken', async () => {
  const answers: (() => void)[] = [];
  const taken = Promise.withResolvers<void>();
  const seen: unknown[] = [];
  const { transport } = await testTransport(({ url }, response) => {
    seen.push(url);
    if (answers.push(() => response.end('{}')) === CONNECTIONS) taken.resolve();
  });
  const first = Array.from({ length: CONNECTIONS }, () => transport.call(post));
  await taken.promise;
  const { fence, refusal, close } = fenceOf();
  const late = { ...post, path: '/late', fence };
  const calls = Array.from({ length: 10 }, () => transport.call(late).catch((error: unknown) => error));
  await settle();
  close();
  for (const answer of answers) answer();
  await Promise.all(first);
  expect(await Promise.all(calls)).toEqual(calls.map(() => refusal));
  expect(seen).not.toContain('/late');
});

it('sends nothing of a term that was over by the clocks alone, and says so', async () => {
  let asked = 0;
  const { transport, clock } = await testTransport((_, response) => {
    asked++;
    response.end('{"metadata":{}}');
  });
  const client = fencedClient(
    new HttpClient(transport, { call: 10_000, delete: 10_000, list: 10_000 }),
    new Term(clock, momentOf(clock)),
  );
  const object = { metadata: { namespace: 'a', name: 'b' } };
  await client.create(configMaps, object);
  const call = client.create(configMaps, object).catch((error: unknown) => error);
  clock.spend(6_000);
  expect(await call).toMatchObject({ message: 'not the leader: refused unsent', maybeDone: false });
  expect(asked).toBe(1);
});

it('says that a write has not happened when its time was over before it had a connection', async () => {
  const taken = Promise.withResolvers<void>();
  let asked = 0;
  const { transport, clock } = await testTransport(() => {
    if (++asked === CONNECTIONS) taken.resolve();
  });
  const calls = Array.from({ length: CONNECTIONS }, () => transport.call(post).catch((error: unknown) => error));
  await taken.promise;
  const late = transport.call({ ...post, timeout: 500 }).catch((error: unknown) => error);
  await clock.advance(500);
  expect(await late).toMatchObject({ reason: 'Unavailable', maybeDone: false });
  await clock.advance(500);
  expect((await Promise.all(calls)).every((error) => isApiError(error) && error.maybeDone)).toBe(true);
});
