import { connect, type HttpClient } from '../runtime/http-client.ts';
import { KubeconfigError } from '../runtime/http-credentials.ts';
import type { ServerClock } from '../runtime/server-clock.ts';

/** A command line that cannot work: all that there is to say is the message. */
export class FlagError extends Error {
  override readonly name = 'FlagError';
}

/**
 * A client for the cluster that the flag --kubeconfig names, or the one that we are a pod of. It
 * teaches `clock` the server's.
 *
 * @throws FlagError that names the flag, the file, and what is wrong with it
 */
export async function connectBy(kubeconfig: string | undefined, clock: ServerClock): Promise<HttpClient> {
  try {
    return await connect({ kubeconfig, onServerDate: (date) => clock.learn(date) });
  } catch (error) {
    if (!(error instanceof KubeconfigError)) throw error;
    const flag = kubeconfig === undefined ? '' : '--kubeconfig ';
    throw new FlagError(flag + error.message, { cause: error });
  }
}
