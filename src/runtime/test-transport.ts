import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { KubeConfig } from '@kubernetes/client-node';
import { onTestFinished } from 'vitest';
import { Credentials, type Impersonation } from './http-credentials.ts';
import { type Call, Transport } from './http-transport.ts';
import { TestClock } from './test-clock.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A transport, and the server it speaks with, which does as the handler says. For tests alone. */
export async function testTransport(
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
    userAgent: 'tester/1',
    onServerDate: (date) => void dates.push(date),
  });
  onTestFinished(async () => {
    await transport.close();
    server.closeAllConnections();
    server.close();
  });
  return { clock, dates, server, transport };
}

export const get: Call = { method: 'GET', path: '/x?y=z', timeout: 1000, signal: undefined };
export const post: Call = { ...get, method: 'POST', body: { a: 'é' } };
