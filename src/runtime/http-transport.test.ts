import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { configMaps } from './conformance-subject.ts';
import { HttpClient } from './http-client.ts';
import { CONNECTIONS } from './http-pools.ts';
import { settle } from './test-clock.ts';
import { get, post, testTransport } from './test-transport.ts';

it('sends JSON with credentials and its own name, below the server’s path, and reads JSON', async () => {
  const seen: unknown[] = [];
  const { transport } = await testTransport(
    (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { authorization, accept, 'content-type': type, 'user-agent': agent } = request.headers;
        seen.push([request.method, request.url, authorization, accept, type, agent, Buffer.concat(chunks).toString()]);
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
    ['POST', '/k8s/clusters/c-1/x?y=z', 'Bearer secret-token', json, json, 'tester/1', '{"a":"é"}'],
    ['PATCH', '/k8s/clusters/c-1/x?y=z', 'Bearer secret-token', json, 'application/merge-patch+json', 'tester/1', '{}'],
    ['GET', '/k8s/clusters/c-1/x?y=z', 'Bearer secret-token', json, undefined, 'tester/1', ''],
  ]);
});

it('names each group of whom it acts as in a header of its own', async () => {
  let headers: string[] = [];
  const impersonate = { user: 'dana', groups: ['developers', 'on-call'] };
  const { transport } = await testTransport(
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
  const { transport, dates } = await testTransport((_, response) => {
    response.setHeader('date', 'Tue, 01 Dec 2026 09:00:07 GMT').end('{}');
  });
  await transport.call(get);
  expect(dates).toEqual([new Date('2026-12-01T09:00:07Z')]);
});

it('gives a call its time and no more, whether the beginning or the end is late', async () => {
  for (const begin of [false, true]) {
    const asked = Promise.withResolvers<void>();
    const { transport, clock } = await testTransport((_, response) => {
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
  const { transport } = await testTransport(({ url }, response) => {
    if (!url?.startsWith('/hangs')) response.end('{"metadata":{},"items":[]}');
    else if (++hanging === CONNECTIONS) hung.resolve();
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
    const { transport } = await testTransport((request, response) => {
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
  const { transport, clock } = await testTransport(() => asked.resolve());
  const end = new AbortController();
  const call = transport.call({ ...get, signal: end.signal }).catch((error: unknown) => error);
  await asked.promise;
  end.abort(new Error('enough'));
  expect(await call).toEqual(new Error('enough'));
  expect(clock.timers).toBe(0);
});

it('knows a connection that was refused from one that broke', async () => {
  const { transport, server } = await testTransport((request) => request.socket.destroy());
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
    const { transport } = await testTransport(({ socket }, response) => {
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

it('goes on as before after more calls than it has connections, whose credentials no header can hold', async () => {
  const impersonate = { user: 'dana', groups: ['developers'] };
  let asked = 0;
  const { transport, clock } = await testTransport(
    (_, response) => {
      asked++;
      response.end('{}');
    },
    { impersonate },
  );
  for (const bad of ['half a\nname', 'naïve – in part']) {
    impersonate.user = bad;
    await clock.advance(1000);
    const calls = Array.from({ length: CONNECTIONS + 1 }, () => transport.call(get).catch((error: unknown) => error));
    for (const outcome of await Promise.all(calls)) {
      expect(outcome).toMatchObject({
        reason: 'Unauthorized',
        message: 'credentials cannot be read: the header impersonate-user cannot hold them',
        cause: undefined,
      });
    }
  }
  expect(asked).toBe(0);
  impersonate.user = 'dana';
  await clock.advance(1000);
  await expect(transport.call(get)).resolves.toEqual({});
});

it('takes an answer that is no JSON for none', async () => {
  const { transport } = await testTransport((_, response) => response.end('<html>'));
  await expect(transport.call(get)).rejects.toMatchObject({ name: 'ApiError', reason: 'Unavailable' });
});

it('passes the server’s refusals on', async () => {
  const { transport } = await testTransport((_, response) => {
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
  const { transport, clock } = await testTransport((_, response) => response.write('a\n'));
  const chunks = transport.stream(get);
  expect(String((await chunks.next()).value)).toBe('a\n');
  expect(clock.timers).toBe(0);
  await chunks.return();
});

it('ends the connection when the reader of a stream stops reading', async () => {
  const closed = Promise.withResolvers<string>();
  const { transport } = await testTransport((request, response) => {
    request.socket.on('close', () => closed.resolve('closed'));
    response.write('a\n');
  });
  for await (const _ of transport.stream(get)) break;
  expect(await closed.promise).toBe('closed');
});

it('says so when a stream breaks', async () => {
  const { transport } = await testTransport((request, response) => {
    response.write('a\n', () => void settle().then(() => request.socket.destroy()));
  });
  const chunks = transport.stream(get);
  expect((await chunks.next()).done).toBe(false);
  await expect(chunks.next()).rejects.toMatchObject({ name: 'ApiError', reason: 'Unavailable' });
});

describe('a refusal', () => {
  const outcomeAt = async (status: number) => {
    const { transport } = await testTransport(({ url, socket }, response) => {
      if (url !== '/readyz') response.writeHead(403).end('{}');
      else if (status === 0) socket.destroy();
      else response.writeHead(status).end('{}');
    });
    return transport.call(post).catch((error: unknown) => error);
  };

  it.each([0, 500, 503])('of a server that is not ready yet (%d), which knows no roles, is none', async (status) => {
    expect(await outcomeAt(status)).toMatchObject({ reason: 'Unavailable', code: 403, maybeDone: false });
  });

  it.each([200, 401, 403, 404, 429])('is one where nothing says that it is not ready (%d)', async (status) => {
    expect(await outcomeAt(status)).toMatchObject({ reason: 'Forbidden', code: 403 });
  });

  it('of what is urgent is not held up by other calls that hang', async () => {
    const hung = Promise.withResolvers<void>();
    let waiting = 0;
    const { transport } = await testTransport(({ url }, response) => {
      if (url === '/readyz') response.end('{}');
      else if (url !== '/hangs') response.writeHead(403).end('{}');
      else if (++waiting === CONNECTIONS) hung.resolve();
    });
    const slow = { ...post, path: '/hangs' };
    const calls = Array.from({ length: CONNECTIONS }, () => transport.call(slow).catch((error: unknown) => error));
    await hung.promise;
    await expect(transport.call({ ...post, lane: 'urgent' })).rejects.toMatchObject({ reason: 'Forbidden' });
    await transport.close();
    await Promise.all(calls);
  });
});
