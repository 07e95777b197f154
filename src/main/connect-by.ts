import { connect, type HttpClient } from '../runtime/http-client.ts';
import { KubeconfigError } from '../runtime/kubeconfig.ts';
import type { ServerClock } from '../runtime/server-clock.ts';
import { PlainError } from './plain-error.ts';
import { USER_AGENT } from './program.ts';

/**
 * A client for the cluster that the flag --kubeconfig names, or the one that we are a pod of. It
 * teaches `clock` the server's.
 *
 * @throws PlainError that names the flag, the file, and what is wrong with it
 */
export async function connectBy(kubeconfig: string | undefined, clock: ServerClock): Promise<HttpClient> {
  try {
    return await connect({ kubeconfig, userAgent: USER_AGENT, onServerDate: (date) => clock.learn(date) });
  } catch (error) {
    if (!(error instanceof KubeconfigError)) throw error;
    const { message } = error;
    const told = kubeconfig === undefined ? `${message}; --kubeconfig FILE says how else` : `--kubeconfig ${message}`;
    throw new PlainError(told, { cause: error });
  }
}
