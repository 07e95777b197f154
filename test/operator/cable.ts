import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * The way of one client to the API server, which can be cut: then bytes vanish, and nobody is told.
 * Connections that were cut are closed when it is mended.
 */
export class Cable implements AsyncDisposable {
  /** What leads through it; otherwise the kubeconfig that was given. */
  readonly kubeconfig: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isCut = false;

  private constructor(server: Server, kubeconfig: string, port: number) {
    this.#server = server;
    this.kubeconfig = kubeconfig;
    server.on('connection', (near) => this.#join(near, connect(port, '127.0.0.1')));
  }

  static async lay(kubeconfig: string): Promise<Cable> {
    const text = await readFile(kubeconfig, 'utf8');
    const [, port = ''] = /server: https:\/\/127\.0\.0\.1:([0-9]+)/.exec(text) ?? [];
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('not listening on a port');
    const path = `${kubeconfig}.cable`;
    await writeFile(path, text.replace(`127.0.0.1:${port}`, `127.0.0.1:${address.port}`), { mode: 0o600 });
    return new Cable(server, path, Number(port));
  }

  cut(): void {
    this.#isCut = true;
  }

  mend(): void {
    this.#isCut = false;
    for (const socket of this.#sockets) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.mend();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(near: Socket, far: Socket): void {
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(from);
      from.on('data', (bytes) => {
        if (!this.#isCut) to.write(bytes);
      });
      from.on('error', () => from.destroy());
      from.on('close', () => {
        this.#sockets.delete(from);
        if (!this.#isCut) to.destroy();
      });
    }
  }
}
