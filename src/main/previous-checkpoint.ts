import { type Checkpoint, loadCheckpoint } from '../record/checkpoint.ts';
import type { Client } from '../runtime/client.ts';
import { isApiError } from '../runtime/errors.ts';
import { onceReachable, type Reaching } from './once-reachable.ts';

/**
 * What an earlier process left, as soon as the API server can be asked. An operator that may not
 * read it works all the same: it delivers some Events again, and waits for a canary first.
 */
export async function previousCheckpoint({ client, ...options }: Reaching & { client: Client }): Promise<Checkpoint> {
  try {
    return (await onceReachable((signal) => loadCheckpoint(client, signal), options)) ?? {};
  } catch (error) {
    if (!isApiError(error)) throw error;
    options.log.warn({ err: error }, 'no checkpoint, starting without one');
    return {};
  }
}
