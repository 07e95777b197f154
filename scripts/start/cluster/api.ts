import { systemClock } from '../../../src/runtime/clock.ts';
import { HttpClient } from '../../../src/runtime/http-client.ts';
import { Credentials, type Impersonation } from '../../../src/runtime/http-credentials.ts';
import { Transport } from '../../../src/runtime/http-transport.ts';
import { loadKubeConfig } from '../../../src/runtime/kubeconfig.ts';
import { ServerClock } from '../../../src/runtime/server-clock.ts';

/** How long a call may take, in milliseconds; the beginning of a watch or a list may take as long. */
const TIMEOUT = 30_000;

/** An API server, as one identity. */
export interface Api {
  readonly client: HttpClient;
  /** For what is no object in a collection: discovery, subresources. `body` is sent as JSON. */
  call(method: 'GET' | 'POST', path: string, signal: AbortSignal, body?: unknown): Promise<unknown>;
  /** The same clock as the operator's: the server's where that is ahead. */
  readonly clock: ServerClock;
}

/** Opens it by a kubeconfig's current context, or where that may impersonate, as someone else. */
export async function openApi(kubeconfig: string, impersonate?: Impersonation): Promise<Api> {
  const { server, proxy, ...login } = await loadKubeConfig(kubeconfig);
  const clock = new ServerClock(systemClock);
  const credentials = new Credentials(login, systemClock, impersonate);
  const onServerDate = (date: Date) => clock.learn(date);
  const transport = new Transport({ server, proxy, credentials, clock: systemClock, onServerDate });
  return {
    client: new HttpClient(transport, { call: TIMEOUT, delete: TIMEOUT, list: TIMEOUT }),
    call: (method, path, signal, body) => transport.call({ method, path, body, timeout: TIMEOUT, signal }),
    clock,
  };
}
