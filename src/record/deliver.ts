import type { Logger } from 'pino';
import { EVENTS } from '../api/kubernetes.ts';
import type { Client } from '../runtime/client.ts';
import { type ApiError, isApiError } from '../runtime/errors.ts';
import type { KubernetesObject } from '../runtime/object.ts';
import { eventFor, isSameEvent } from './event.ts';
import type { Delivery } from './outbox.ts';

/**
 * Makes sure that the Event of a delivery exists, or never can.
 * @throws ApiError for whatever another try may mend.
 */
export async function deliverEvent(
  client: Client,
  delivery: Delivery,
  instance: string,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  const event = eventFor(delivery, instance);
  const fields = { request: delivery.request, sequence: delivery.entry.sequence };
  try {
    await client.create(EVENTS, event, { signal });
  } catch (error) {
    if (isApiError(error, 'AlreadyExists')) {
      if (!(await isOurs(client, event, delivery, signal))) log.warn(fields, 'somebody else took the name of an Event');
    } else if (isApiError(error) && isHopeless(error)) {
      // Events are a copy for convenience, and hold nobody up. That a namespace on its way out takes none is no news.
      const level = isGone(error) ? 'debug' : 'warn';
      log[level]({ ...fields, err: error }, 'Event cannot be written');
    } else {
      throw error;
    }
  }
}

function isHopeless({ reason }: ApiError): boolean {
  return reason === 'NotFound' || reason === 'Forbidden' || reason === 'Invalid';
}

function isGone({ reason, causes }: ApiError): boolean {
  return reason === 'NotFound' || causes.includes('NamespaceTerminating');
}

async function isOurs(
  client: Client,
  event: KubernetesObject,
  { request }: Delivery,
  signal: AbortSignal,
): Promise<boolean> {
  const name = { namespace: request.namespace, name: event.metadata.name ?? '' };
  try {
    return isSameEvent(await client.get(EVENTS, name, { signal }), event);
  } catch (error) {
    // It has just run out its time to live: it was there to be seen, and that is all Events are for.
    if (isApiError(error, 'NotFound')) return true;
    throw error;
  }
}
