import { deliverEvent } from '../record/deliver.ts';
import type { Delivery, Outbox } from '../record/outbox.ts';
import { Controller } from '../runtime/controller.ts';
import { inLane } from '../runtime/in-lane.ts';
import type { Context, Surroundings } from './context.ts';

interface DeliveryOptions extends Surroundings, Pick<Context, 'client'> {
  readonly outbox: Outbox;
  /** Names this process in its Events. */
  readonly instance: string;
  /** Called after each delivery, with the request it belongs to. */
  readonly onDelivered: (delivery: Delivery) => void;
}

/** Delivers what histories say as Events, in order per request; keys are uids of requests. */
export function deliveryController({
  outbox,
  instance,
  onDelivered,
  ...options
}: DeliveryOptions): Controller<Delivery, Delivery> {
  const { client, log } = options;
  return new Controller<Delivery, Delivery>({
    name: 'delivery',
    workers: 4,
    ...options,
    snapshot: (uid) => outbox.next(uid),
    steps: [(delivery) => ({ next: 'write', plan: delivery })],
    apply: async (_delivery, uid, signal, lane) => {
      // All that waits in one go: many entries are no plan that does not settle.
      for (let next = outbox.next(uid); next; next = outbox.next(uid)) {
        await deliverEvent(inLane(client, lane), next, instance, log, signal);
        outbox.delivered(uid);
        onDelivered(next);
      }
      return 'low';
    },
  });
}
