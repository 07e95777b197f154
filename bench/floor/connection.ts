import { systemClock } from '../../src/runtime/clock.ts';
import { type Authentication, Credentials } from '../../src/runtime/http-credentials.ts';
import { loadKubeConfig } from '../../src/runtime/kubeconfig.ts';

/** Where an API server is, and what lets one in. */
export interface Connection extends Authentication {
  readonly origin: string;
}

/** As whom a kubeconfig's current context makes one, from now on. */
export async function connectionOf(kubeconfig: string): Promise<Connection> {
  const { server, ...login } = await loadKubeConfig(kubeconfig);
  return { origin: server, ...(await new Credentials(login, systemClock, undefined).current()) };
}
