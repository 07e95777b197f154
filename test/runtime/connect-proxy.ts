import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** What a proxy does when it is asked for a tunnel; a number is the HTTP status that it refuses with. */
type Behaviour = 'tunnel' | 'silence' | number;

/** A proxy on loopback that makes tunnels, by CONNECT; over TLS where it is given a certificate. */
export class ConnectProxy implements AsyncDisposable {
  behaviour: Behaviour = 'tunnel';
  /** What it was asked for, as `CONNECT host:port`, with the credentials that came along. */
  readonly asked: string[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Duplex>();

  private constructor(tls: { cert: Buffer; key: Buffer } | undefined) {
    this.#server = tls ? createTlsServer(tls) : createServer();
    this.#server.on('request', ({ method, url }: IncomingMessage, response) => {
      this.asked.push(`${method} ${url}`);
      response.writeHead(501).end();
    });
    this.#server.on('connect', (request: IncomingMessage, socket: Duplex) => this.#connect(request, socket));
    this.#server.on('connection', (socket: Socket) => this.#hold(socket));
  }

  static async start(tls?: { cert: Buffer; key: Buffer }): Promise<ConnectProxy> {
    const proxy = new ConnectProxy(tls);
    await new Promise<void>((resolve) => void proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('not listening on a port');
    return address.port;
  }

  /** How many connections it holds, to either side. */
  get connections(): number {
    return this.#sockets.size;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => void this.#server.close(resolve));
  }

  #connect({ url = '', headers }: IncomingMessage, socket: Duplex): void {
    const credentials = headers['proxy-authorization'];
    this.asked.push(`CONNECT ${url}${credentials === undefined ? '' : ` ${credentials}`}`);
    socket.on('error', () => socket.destroy());
    if (this.behaviour === 'silence') return;
    if (this.behaviour !== 'tunnel') {
      socket.end(`HTTP/1.1 ${this.behaviour} No\r\n\r\n`);
      return;
    }
    const { hostname, port } = new URL(`http://${url}`);
    const onward = connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket.pipe(onward).pipe(socket);
    });
    this.#hold(onward);
    onward.on('close', () => socket.destroy());
    socket.on('close', () => onward.destroy());
  }

  #hold(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy()).on('close', () => this.#sockets.delete(socket));
  }
}
