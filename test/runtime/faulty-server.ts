import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { Agent, type Dispatcher, request } from 'undici';
import { parse } from 'yaml';
import { z } from 'zod';
import {
  answerHalf,
  answerWith,
  breakOff,
  type CallFault,
  nameOf,
  noWatchList,
  type PartFault,
  type StreamFault,
} from './faulty-answers.ts';

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

const PARTS: ReadonlySet<CallFault['how']> = new Set([
  'lose',
  'truncate',
  'tear',
  'freeze',
] as const satisfies PartFault['how'][]);

/** How a call or a watch stands: it is being answered, its events are passed on, or it hears no more though it is open. */
type Standing = 'working' | 'streaming' | 'silent';

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
  /** Whether it serves a WatchList. Where it does not, it refuses one as API servers without that feature do. */
  watchLists = true;
  /** The most objects in a page of a list, whatever it is asked for; API servers may send less than that too. */
  page = Number.POSITIVE_INFINITY;
  /** How often it has done what it was told to: `call: refuse 410`, `watch: tear`. */
  readonly met = new Map<string, number>();
  readonly #open = new Map<ServerResponse, Standing>();
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

  /** How many calls and watches its clients have begun and not ended. */
  get open(): number {
    return this.#open.size;
  }

  /** How many of these stand like this. */
  count(standing: Standing): number {
    return [...this.#open.values()].filter((each) => each === standing).length;
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
    this.#open.set(response, 'working');
    response.on('close', () => this.#open.delete(response));
    const body = await bytesOf(incoming);
    const fault = this.fault(method, url);
    if (fault) this.#count(`call: ${nameOf(fault)}`);
    if (fault?.how === 'stall') this.#open.set(response, 'silent');
    else if (!this.watchLists && url.includes('sendInitialEvents=true')) noWatchList(response);
    else if (fault === undefined || isPart(fault)) await this.#passOn(incoming, body, response, fault?.how);
    else answerWith(fault, response);
  }

  async #passOn(
    incoming: IncomingMessage,
    body: Buffer,
    response: ServerResponse,
    fault: PartFault['how'] | undefined,
  ): Promise<void> {
    const gone = new AbortController();
    const end = (): void => gone.abort();
    response.on('close', end);
    this.#closed.signal.addEventListener('abort', end);
    try {
      await this.#forward(incoming, body, response, fault, gone.signal);
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
    fault: PartFault['how'] | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const path = url.replace(/(?<=[?&]limit=)[0-9]+/, (limit) => String(Math.min(Number(limit), this.page)));
    const answer = await request(this.#upstream + path, {
      method: METHODS[method] ?? 'GET',
      headers: passedOn(headers),
      body: body.length > 0 ? body : null,
      dispatcher: this.#agent,
      signal,
    });
    if (fault === 'lose') {
      response.destroy(); // with its status it has been carried out
      await answer.body.dump();
      return;
    }
    response.writeHead(answer.statusCode, { 'content-type': 'application/json' });
    if (/[?&]watch=true/.test(url)) await this.#stream(answer.body, response, signal);
    else {
      const all = Buffer.from(await answer.body.arrayBuffer());
      if (fault === 'freeze') this.#open.set(response, 'silent');
      if (fault === undefined) response.end(all);
      else answerHalf(fault, all, response);
    }
  }

  async #stream(events: AsyncIterable<Buffer>, response: ServerResponse, signal: AbortSignal): Promise<void> {
    response.flushHeaders();
    this.#open.set(response, 'streaming');
    for await (const chunk of events) {
      const fault = this.streamFault;
      if (fault) this.#count(`watch: ${fault}`);
      if (fault === 'freeze') {
        this.#open.set(response, 'silent');
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

  #count(what: string): void {
    this.met.set(what, (this.met.get(what) ?? 0) + 1);
  }
}

function isPart(fault: CallFault): fault is PartFault {
  return PARTS.has(fault.how);
}

/** What the server behind must know of a call, whose host is another there. */
function passedOn(headers: IncomingHttpHeaders): Record<string, string> {
  const { authorization, 'content-type': type } = headers;
  return {
    ...(authorization !== undefined && { authorization }),
    ...(type !== undefined && { 'content-type': type }),
  };
}

async function bytesOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(incoming, 'end');
  return Buffer.concat(chunks);
}
