import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { Agent, type Dispatcher, request } from 'undici';
import { parse } from 'yaml';
import { z } from 'zod';

/** What can go wrong with a call. */
export type CallFault =
  /** It is refused with this HTTP status, and changes nothing. */
  | { readonly how: 'refuse'; readonly code: number; readonly retryAfter?: number }
  /** The connection is closed before an answer, and nothing is changed. */
  | { readonly how: 'reset' }
  /** Nobody ever answers, and nothing is changed. */
  | { readonly how: 'stall' }
  /** It is answered, with 200 and nothing that makes sense. */
  | { readonly how: 'garbage' }
  /** It is carried out, and the connection is closed before the answer. */
  | { readonly how: 'lose' };

/** What can go wrong with a watch that has begun, at the next event. */
export type StreamFault =
  /** The stream ends in good order, in the middle of the event. */
  | 'truncate'
  /** The connection is closed in the middle of the event. */
  | 'tear'
  /** Something that is no event comes in its place. */
  | 'garbage'
  /** An ERROR event with status 410 comes in its place. */
  | 'expire'
  /** The connection stays open, and not a byte comes over it from now on. */
  | 'freeze';

const Kubeconfig = z.looseObject({
  clusters: z.tuple([z.looseObject({ cluster: z.looseObject({ server: z.string() }) })]),
  users: z.tuple([
    z.looseObject({
      user: z.looseObject({
        'client-certificate-data': z.base64().optional(),
        'client-key-data': z.base64().optional(),
      }),
    }),
  ]),
});

const METHODS: Readonly<Record<string, Dispatcher.HttpMethod>> = {
  GET: 'GET',
  POST: 'POST',
  PATCH: 'PATCH',
  DELETE: 'DELETE',
};

/** A control plane, as far as a server in front of it needs to know it. */
interface Behind {
  readonly kubeconfig: string;
  readonly dataDir: string;
}

/**
 * Stands in front of an API server, over TLS with that one's own certificate, and breaks what it
 * is told to break. What it lets through it does with the client certificate of the kubeconfig that
 * it was started with, and where that has none, as whoever its clients' tokens say they are.
 */
export class FaultyServer implements AsyncDisposable {
  /** The fault of the next call that is like this, asked once for each; undefined lets it through. */
  fault: (method: string, url: string) => CallFault | undefined = () => undefined;
  /** The fault of the next event of any watch. It holds for one, but `freeze` for all that is open. */
  streamFault: StreamFault | undefined;
  readonly #upstream: string;
  readonly #agent: Agent;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Ends what is forwarded when its client is gone. */
  readonly #closed = new AbortController();

  private constructor(upstream: string, agent: Agent, tls: { cert: Buffer; key: Buffer }) {
    this.#upstream = upstream;
    this.#agent = agent;
    this.#server = createServer(tls, (incoming, response) => void this.#serve(incoming, response));
    this.#server.on('secureConnection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => this.#sockets.delete(socket));
    });
  }

  static async start({ kubeconfig, dataDir }: Behind): Promise<FaultyServer> {
    const pki = (file: string) => readFile(join(dataDir, 'pki', file));
    const [ca, cert, key] = await Promise.all(['ca.crt', 'apiserver.crt', 'apiserver.key'].map(pki));
    const { clusters, users } = Kubeconfig.parse(parse(await readFile(kubeconfig, 'utf8')));
    if (!ca || !cert || !key) throw new Error('a control plane has all three');
    const { 'client-certificate-data': ownCert, 'client-key-data': ownKey } = users[0].user;
    const own = {
      ...(ownCert && { cert: Buffer.from(ownCert, 'base64') }),
      ...(ownKey && { key: Buffer.from(ownKey, 'base64') }),
    };
    const agent = new Agent({ connect: { ca, ...own }, bodyTimeout: 0 });
    const faulty = new FaultyServer(clusters[0].cluster.server, agent, { cert, key });
    await new Promise<void>((resolve) => void faulty.#server.listen(0, '127.0.0.1', resolve));
    return faulty;
  }

  /** The control plane's own kubeconfig, but for where the server is. */
  async kubeconfig({ kubeconfig }: Pick<Behind, 'kubeconfig'>): Promise<string> {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('not listening on a port');
    return (await readFile(kubeconfig, 'utf8')).replace(this.#upstream, `https://127.0.0.1:${address.port}`);
  }

  /** How many connections its clients hold. */
  get connections(): number {
    return this.#sockets.size;
  }

  /** Closes all connections in the middle of whatever goes over them. */
  hangUp(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed.abort();
    this.hangUp();
    await new Promise((resolve) => void this.#server.close(resolve));
    await this.#agent.destroy();
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '' } = incoming;
    const body = await bytesOf(incoming);
    const fault = this.fault(method, url);
    if (fault !== undefined && fault.how !== 'lose') {
      answerWith(fault, response);
      return;
    }
    const gone = new AbortController();
    const end = (): void => gone.abort();
    response.on('close', end);
    this.#closed.signal.addEventListener('abort', end);
    try {
      await this.#forward(incoming, body, response, fault !== undefined, gone.signal);
    } catch {
      response.destroy(); // one of the two sides is gone, and so is the other
    } finally {
      this.#closed.signal.removeEventListener('abort', end);
    }
  }

  async #forward(
    { method = '', url = '', headers }: IncomingMessage,
    body: Buffer,
    response: ServerResponse,
    lost: boolean,
    signal: AbortSignal,
  ): Promise<void> {
    const answer = await request(this.#upstream + url, {
      method: METHODS[method] ?? 'GET',
      headers: passedOn(headers),
      body: body.length > 0 ? body : null,
      dispatcher: this.#agent,
      signal,
    });
    if (lost) {
      await answer.body.dump();
      response.destroy();
      return;
    }
    response.writeHead(answer.statusCode, { 'content-type': 'application/json' });
    if (/[?&]watch=true/.test(url)) await this.#stream(answer.body, response, signal);
    else response.end(Buffer.from(await answer.body.arrayBuffer()));
  }

  async #stream(events: AsyncIterable<Buffer>, response: ServerResponse, signal: AbortSignal): Promise<void> {
    response.flushHeaders();
    for await (const chunk of events) {
      const fault = this.streamFault;
      if (fault === 'freeze') {
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        return;
      }
      this.streamFault = undefined;
      if (fault === undefined) response.write(chunk);
      else {
        breakOff(fault, chunk, response);
        return;
      }
    }
    response.end();
  }
}

function breakOff(fault: Exclude<StreamFault, 'freeze'>, chunk: Buffer, response: ServerResponse): void {
  const half = chunk.subarray(0, Math.floor(chunk.length / 2));
  if (fault === 'truncate') response.end(half);
  else if (fault === 'tear') response.write(half, () => response.destroy());
  else if (fault === 'garbage') response.end('\u0000\uFFFDnot an event\n');
  else response.end(`${JSON.stringify({ type: 'ERROR', object: statusOf(410) })}\n`);
}

/** What the server behind must know of a call, whose host is another there. */
function passedOn(headers: IncomingHttpHeaders): Record<string, string> {
  const { authorization, 'content-type': type } = headers;
  return {
    ...(authorization !== undefined && { authorization }),
    ...(type !== undefined && { 'content-type': type }),
  };
}

function answerWith(fault: Exclude<CallFault, { how: 'lose' }>, response: ServerResponse): void {
  if (fault.how === 'reset') response.destroy();
  else if (fault.how === 'garbage') response.writeHead(200).end('{"kind": "Tea\n');
  else if (fault.how === 'refuse') refuse(response, fault);
}

function refuse(response: ServerResponse, { code, retryAfter }: CallFault & { how: 'refuse' }): void {
  response.writeHead(code, { ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }) });
  response.end(JSON.stringify(statusOf(code)));
}

function statusOf(code: number) {
  return { apiVersion: 'v1', kind: 'Status', metadata: {}, status: 'Failure', code, message: `the test says ${code}` };
}

async function bytesOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(incoming, 'end');
  return Buffer.concat(chunks);
}
