import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { KubeConfig } from '@kubernetes/client-node';
import { afterEach, expect, it } from 'vitest';
import { configMaps } from './conformance-subject.ts';
import { ApiError, isApiError } from './errors.ts';
import { fencedClient } from './fenced-client.ts';
import { HttpClient } from './http-client.ts';
import { Credentials, type Impersonation } from './http-credentials.ts';
import { type Call, Transport } from './http-transport.ts';
import { momentOf, Term } from './term.ts';
import { settle, TestClock } from './test-clock.ts';

const open: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A transport, and the server it speaks with, which does as the handler says. */
async function setUp(
  handler: Handler,
  { path = '', impersonate }: { path?: string; impersonate?: Impersonation } = {},
) {
  const server: Server = createServer(handler).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const config = new KubeConfig();
  const origin = `http://127.0.0.1:${port}`;
  config.loadFromClusterAndUser(
    { name: 'c', server: origin, skipTLSVerify: true },
    { name: 'u', token: 'secret-token' },
  );
  const clock = new TestClock();
  const dates: Date[] = [];
  const credentials = new Credentials({ config }, clock, impersonate);
  const transport = new Transport({
    server: origin + path,
    credentials,
    clock,
    onServerDate: (date) => void dates.push(date),
  });
  open.push(
    () => transport.close(),
    () => server.closeAllConnections(),
    () => server.close(),
  );
  return { clock, dates, server, transport };
}

const get: Call = { method: 'GET', path: '/x?y=z', timeout: 1000, signal: undefined };
const post: Call = { ...get, method: 'POST', body: { a: 'é' } };

it('sends JSON with credentials and its own name, below the server’s path, and reads JSON', async () => {
  const seen: unknown[] = [];
  const { transport } = await setUp(
    (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { authorization, accept, 'content-type': type, 'user-agent': agent } = request.headers;
        seen.push([
          request.method,
          request.url,
          authorization,
          accept,
          type,
          agent?.split('/')[0],
          Buffer.concat(chunks).toString(),
        ]);
        response.end('{"b":2}');
      });
    },
    { path: '/k8s/clusters/c-1/' },
  );
  expect(await transport.call(post)).toEqual({ b: 2 });
  await transport.call({ ...get, method: 'PATCH', body: {} });
  await transport.call(get);
  const json = 'application/json';
  expect(seen).toEqual([
    ['POST', '/k8s/clusters/c-1/x?y=z', 'Bearer secret-token', json, json, 'daypass', '{"a":"é"}'],
    ['PATCH', '/k8s/clusters/c-1/x?y=z', 'Bearer secret-token', json, 'application/merge-patch+json', 'daypass', '{}'],
    ['GET', '/k8s/clusters/c-1/x?y=z', 'Bearer secret-token', json, undefined, 'daypass', ''],
  ]);
});

it('names each group of whom it acts as in a header of its own', async () => {
  let headers: string[] = [];
  const impersonate = { user: 'dana', groups: ['developers', 'on-call'] };
  const { transport } = await setUp(
    (request, response) => {
      headers = request.rawHeaders;
      response.end('{}');
    },
    { impersonate },
  );
  await transport.call(get);
  expect(headers.join(' ')).toMatch(/impersonate-user dana impersonate-group developers impersonate-group on-call/);
});

it('tells the server’s clock', async () => {
  const { transport, dates } = await setUp((_, response) => {
    response.setHeader('date', 'Tue, 01 Dec 2026 09:00:07 GMT').end('{}');
  });
  await transport.call(get);
  expect(dates).toEqual([new Date('2026-12-01T09:00:07Z')]);
});

it('gives a call its time and no more, whether the beginning or the end is late', async () => {
  for (const begin of [false, true]) {
    const asked = Promise.withResolvers<void>();
    const { transport, clock } = await setUp((_, response) => {
      if (begin) response.write('{"a":');
      asked.resolve();
    });
    const call = transport.call(post).catch((error: unknown) => error);
    await asked.promise;
    await clock.advance(999);
    expect(clock.timers).toBe(1);
    await clock.advance(1);
    expect(await call).toMatchObject({ reason: 'Unavailable', maybeDone: true });
  }
});

it('keeps connections for what is urgent, and so for deletes that name no other lane, however many other calls hang', async () => {
  const hung = Promise.withResolvers<void>();
  let hanging = 0;
  const { transport } = await setUp(({ url }, response) => {
    if (!url?.startsWith('/hangs')) response.end('{"metadata":{},"items":[]}');
    else if (++hanging === 32) hung.resolve();
  });
  const slow = { ...post, path: '/hangs' };
  const calls = Array.from({ length: 100 }, () => transport.call(slow).catch((error: unknown) => error));
  await hung.promise;
  const client = new HttpClient(transport, { call: 1000, delete: 1000, list: 1000 });
  const [resource, name, options] = [configMaps, { namespace: 'a', name: 'b' }, { lane: 'urgent' }] as const;
  let low: unknown = 'waits';
  const waiting = client.delete(resource, name, { uid: 'uid', lane: 'low' }).catch((error: unknown) => (low = error));
  const answers = [
    client.delete(resource, name, { uid: 'uid' }),
    client.get(resource, name, options),
    client.create(resource, { metadata: name }, options),
    client.patch(resource, name, {}, options),
    client.patchStatus(resource, name, { metadata: { resourceVersion: '1' }, status: {} }, options),
  ];
  expect(await Promise.all(answers)).toHaveLength(5);
  await expect(client.list(resource, options)).rejects.toThrow('a list was expected'); // it was answered
  expect(low).toBe('waits');
  await transport.close();
  await Promise.all([...calls, waiting]);
});

it.each(['GET', 'POST', 'PATCH', 'DELETE'] as const)(
  'keeps a connection for the next %s, body or not',
  async (method) => {
    const used = new Set<unknown>();
    const { transport } = await setUp((request, response) => {
      used.add(request.socket);
      response.end('{}');
    });
    for (let n = 0; n < 3; n++) {
      await transport.call({ ...get, method, ...(method === 'GET' ? {} : { body: { a: 1 } }) });
      await settle();
    }
    expect(used.size).toBe(1);
  },
);

it('gives up as soon as the caller does, and rejects with the caller’s reason', async () => {
  const asked = Promise.withResolvers<void>();
  const { transport, clock } = await setUp(() => asked.resolve());
  const end = new AbortController();
  const call = transport.call({ ...get, signal: end.signal }).catch((error: unknown) => error);
  await asked.promise;
  end.abort(new Error('enough'));
  expect(await call).toEqual(new Error('enough'));
  expect(clock.timers).toBe(0);
});

it('knows a connection that was refused from one that broke', async () => {
  const { transport, server } = await setUp((request) => request.socket.destroy());
  await expect(transport.call(post)).rejects.toMatchObject({ reason: 'Unavailable', maybeDone: true });
  server.close();
  await once(server, 'close');
  await expect(transport.call(post)).rejects.toMatchObject({ reason: 'Unavailable', maybeDone: false });
});

it.each([
  ['POST', true],
  ['DELETE', true],
  ['GET', false],
] as const)(
  'sends a %s once, though the connection that it was to reuse closes as it goes out',
  async (method, maybeDone) => {
    const used = new Set<unknown>();
    let asked = 0;
    const { transport } = await setUp(({ socket }, response) => {
      asked++;
      if (used.has(socket)) socket.destroy();
      else response.end('{}');
      used.add(socket);
    });
    const call = () => transport.call({ ...get, method });
    await call();
    await settle();
    await expect(call()).rejects.toMatchObject({ reason: 'Unavailable', maybeDone });
    expect(asked).toBe(2);
    await expect(call()).resolves.toEqual({});
    expect(used.size).toBe(2);
  },
);

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
  const { transport } = await setUp(({ url }, response) => {
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
  const { transport } = await setUp((_request, response) => {
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
  const { transport } = await setUp(({ url }, response) => {
    seen.push(url);
    if (answers.push(() => response.end('{}')) === 32) taken.resolve();
  });
  const first = Array.from({ length: 32 }, () => transport.call(post));
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
  const { transport, clock } = await setUp((_, response) => {
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
  const { transport, clock } = await setUp(() => {
    if (++asked === 32) taken.resolve();
  });
  const calls = Array.from({ length: 32 }, () => transport.call(post).catch((error: unknown) => error));
  await taken.promise;
  const late = transport.call({ ...post, timeout: 500 }).catch((error: unknown) => error);
  await clock.advance(500);
  expect(await late).toMatchObject({ reason: 'Unavailable', maybeDone: false });
  await clock.advance(500);
  expect((await Promise.all(calls)).every((error) => isApiError(error) && error.maybeDone)).toBe(true);
});

it('takes an answer that is no JSON for none', async () => {
  const { transport } = await setUp((_, response) => response.end('<html>'));
  await expect(transport.call(get)).rejects.toMatchObject({ name: 'ApiError', reason: 'Unavailable' });
});

it('passes the server’s refusals on', async () => {
  const { transport } = await setUp((_, response) => {
    response.writeHead(429, { 'retry-after': '3' }).end(JSON.stringify({ kind: 'Status', message: 'slow down' }));
  });
  await expect(transport.call(post)).rejects.toMatchObject({
    reason: 'TooManyRequests',
    message: 'slow down',
    retryAfter: 3000,
    maybeDone: false,
  });
});

it('limits the beginning of a stream, not its length', async () => {
  const { transport, clock } = await setUp((_, response) => response.write('a\n'));
  const chunks = transport.stream(get);
  expect(String((await chunks.next()).value)).toBe('a\n');
  expect(clock.timers).toBe(0);
  await chunks.return();
});

it('ends the connection when the reader of a stream stops reading', async () => {
  const closed = Promise.withResolvers<string>();
  const { transport } = await setUp((request, response) => {
    request.socket.on('close', () => closed.resolve('closed'));
    response.write('a\n');
  });
  for await (const _ of transport.stream(get)) break;
  expect(await closed.promise).toBe('closed');
});

it('says so when a stream breaks', async () => {
  const { transport } = await setUp((request, response) => {
    response.write('a\n', () => void settle().then(() => request.socket.destroy()));
  });
  const chunks = transport.stream(get);
  expect((await chunks.next()).done).toBe(false);
  await expect(chunks.next()).rejects.toMatchObject({ name: 'ApiError', reason: 'Unavailable' });
});

it('takes no refusal from a server that is not ready yet, which knows no roles', async () => {
  let ready = 403;
  const { transport } = await setUp(({ url }, response) => {
    response.statusCode = url === '/readyz' ? ready : 403;
    response.end('{}');
  });
  const outcome = () => transport.call(post).catch((error: unknown) => error);
  expect(await outcome()).toMatchObject({ reason: 'Unavailable', code: 403, maybeDone: false });
  ready = 200;
  expect(await outcome()).toMatchObject({ reason: 'Forbidden', code: 403 });
});
