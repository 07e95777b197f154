import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, it, vi } from 'vitest';
import { HttpServer, ListenError } from './http-server.ts';
import { configMaps } from './conformance-subject.ts';
import type { Stall } from './health.ts';
import { RuntimeMetrics } from './metrics.ts';
import { testLog } from './test-log.ts';

const end: AbortController[] = [];
const running: Promise<void>[] = [];

afterEach(async () => {
  for (const each of end.splice(0)) each.abort();
  await Promise.all(running.splice(0));
});

async function setUp(healthy: boolean, causes: string[], stalls: Stall[] = []) {
  const { log, lines } = testLog();
  const health = { healthy: () => healthy, stalls: () => stalls, ready: () => causes, notes: () => ['stands by'] };
  const metrics = new RuntimeMetrics({ process: false });
  metrics.called('get', configMaps, 404, 20);
  const { registry } = metrics;
  const collected = {
    contentType: registry.contentType,
    metrics: vi.fn<() => Promise<string>>(() => registry.metrics()),
  };
  const server = new HttpServer({ host: '127.0.0.1', port: 0, health, metrics: collected, log });
  const stop = new AbortController();
  end.push(stop);
  running.push(server.run(stop.signal));
  const { host, port } = await server.listening;
  const ask = async (path: string, method = 'GET') => {
    const response = await fetch(`http://${host}:${port}${path}`, { method });
    return `${response.status} ${await response.text()}`;
  };
  return { ask, lines, port, collected };
}

it('says where it listens, and that all is well', async () => {
  const { ask, lines, port } = await setUp(true, []);
  expect(lines[0]).toMatchObject({ msg: 'listening', host: '127.0.0.1', port });
  expect(await ask('/healthz')).toBe('200 ok\n');
  expect(await ask('/readyz?verbose')).toBe('200 ok\nstands by\n');
});

it('says why not', async () => {
  const { ask } = await setUp(false, ['not synced: widgets', 'not synced: configmaps']);
  expect(await ask('/healthz')).toBe('503 failed\n');
  expect(await ask('/readyz')).toBe('503 not synced: widgets\nnot synced: configmaps\n');
});

it('says what is stuck, and whom that concerns to the log alone', async () => {
  const stall = { part: 'controller tidying', key: 'payments/one', ms: 600_000 };
  const { ask, lines } = await setUp(true, [], [stall]);
  expect(await ask('/healthz')).toBe('503 stuck: controller tidying\n');
  expect(lines.at(-1)).toMatchObject({ level: 'error', msg: 'stuck: only a restart mends that', stalls: [stall] });
});

it('answers nothing else', async () => {
  const { ask } = await setUp(true, []);
  expect(await ask('/')).toBe('404 not found\n');
  expect(await ask('/healthz', 'POST')).toBe('405 GET only\n');
});

it('collects metrics once for all who ask meanwhile, and anew for whoever asks later', async () => {
  const { ask, port, collected } = await setUp(true, []);
  const socket = connect(port, '127.0.0.1');
  // In one piece, so that the last is asked before the first can be answered.
  const asking = ['keep-alive', 'keep-alive', 'close'].map((connection) => {
    return `GET /metrics HTTP/1.1\r\nHost: here\r\nConnection: ${connection}\r\n\r\n`;
  });
  socket.setEncoding('utf8').write(asking.join(''));
  expect((await text(socket)).match(/^HTTP\/1.1 200 OK/gm)).toHaveLength(3);
  expect(collected.metrics).toHaveBeenCalledTimes(1);
  await ask('/metrics');
  expect(collected.metrics).toHaveBeenCalledTimes(2);
});

it('rejects where it cannot listen', async () => {
  const { port } = await setUp(true, []);
  const { log } = testLog();
  const health = { healthy: () => true, stalls: () => [], ready: () => [], notes: () => [] };
  const metrics = new RuntimeMetrics({ process: false }).registry;
  const second = new HttpServer({ host: '127.0.0.1', port, health, metrics, log });
  await expect(second.run(new AbortController().signal)).rejects.toThrow(
    new ListenError(`127.0.0.1:${port}: address already in use`),
  );
});

it('ends at once though a client is still asking', async () => {
  const { ask, port } = await setUp(true, []);
  const client = connect(port, '127.0.0.1');
  client.write('GET /healthz HTTP/1.1\r\n');
  client.on('error', () => client.destroy());
  await ask('/healthz');
  end[0]?.abort();
  await running[0];
  await expect(ask('/healthz')).rejects.toThrow('fetch failed');
});

it('shows what was measured', async () => {
  const { ask } = await setUp(true, []);
  expect(await ask('/metrics')).toMatch(/^200 [^]*api_calls_total{verb="get",resource="configmaps",code="404"} 1$/m);
});
