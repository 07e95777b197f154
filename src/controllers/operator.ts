import type { Logger } from 'pino';
import { addSeconds, formatTime, parseTime } from '../api/time.ts';
import { fuseTrouble } from '../grant/fuse-health.ts';
import type { Checkpoint } from '../record/checkpoint.ts';
import type { PersonClaim } from '../policy/person.ts';
import { Outbox } from '../record/outbox.ts';
import type { Client } from '../runtime/client.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Runnable } from '../runtime/manager.ts';
import { notingClient } from '../runtime/noting-client.ts';
import { keyOf } from '../runtime/object.ts';
import type { Reflector } from '../runtime/reflector.ts';
import { sharingClient } from '../runtime/sharing-client.ts';
import { policyController } from './access-policy/controller.ts';
import { ActAs } from './access-request/act-as.ts';
import { requestController } from './access-request/controller.ts';
import { reviewController } from './access-review/controller.ts';
import { CHECKPOINT_KEY, checkpointController } from './checkpoint.ts';
import type { Context } from './context.ts';
import { deliveryController } from './delivery.ts';
import { canaryTrouble } from './fuse-canary/canary.ts';
import { CANARY_KEY, canaryController } from './fuse-canary/controller.ts';
import { CanaryState } from './fuse-canary/state.ts';
import { managedController } from './managed/controller.ts';
import { overdueController } from './overdue.ts';
import { createReflectors } from './reflectors.ts';
import { createStores, YES } from './stores.ts';
import { wire } from './wiring.ts';

export interface OperatorOptions {
  readonly client: Client;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  /** What an earlier process left. */
  readonly checkpoint: Checkpoint;
  /** Names this process in its Events. */
  readonly instance: string;
  /** What tells people apart. */
  readonly personClaim: PersonClaim;
}

/** The operator, wired up and at rest: what fills its stores, then what works on them. */
export interface Operator {
  readonly reflectors: readonly Reflector[];
  readonly runnables: readonly Runnable[];
}

/** How old an entry may be and still become an Event, where nothing says what was delivered: as long as Events live. In seconds. */
const EVENT_LIFE = 3600;

/** How far before its checkpoint delivery starts again, in seconds: entries come about in another order than their times. */
const MARGIN = 60;

/** Puts the operator together: stores, controllers, and which change concerns which. */
export function createOperator({ checkpoint, instance, ...options }: OperatorOptions): Operator {
  const { clock, random, log } = options;
  const stores = createStores(log);
  // What lists through it are denials, which confirm what they rest on: a flood of them must not be one of lists.
  const client = sharingClient(
    notingClient(options.client, [stores.requests, stores.reviews, stores.policies, stores.bindings, stores.fuses]),
  );
  const canary = new CanaryState(checkpoint.fuseProvenAt === undefined ? undefined : new Date(checkpoint.fuseProvenAt));
  const since =
    checkpoint.events === undefined
      ? addSeconds(clock.now(), -EVENT_LIFE)
      : addSeconds(parseTime(checkpoint.events), -MARGIN);
  const outbox = new Outbox(formatTime(since));
  const context: Context = {
    client,
    stores,
    clock,
    random,
    log,
    fuseTrouble: () => fuseTrouble(canaryTrouble(canary, clock.now()), stores.fuses.list('unarmed', YES), clock.now()),
  };
  const view = {
    ...context,
    claim: options.personClaim,
    actAs: new ActAs(context),
    delivered: (uid: string) => outbox.next(uid) === undefined,
  };
  const requests = requestController({ ...view, onAsked: reviewsOfChanged });
  const reviews = reviewController(view);
  const policies = policyController(context);
  const managed = managedController(context);
  const overdue = overdueController(context);
  const saving = checkpointController({
    ...context,
    loaded: checkpoint,
    current: () => ({
      events: outbox.watermark() ?? checkpoint.events,
      fuseProvenAt: canary.provenAt && formatTime(canary.provenAt),
    }),
  });
  const delivery = deliveryController({
    ...context,
    outbox,
    instance,
    onDelivered: ({ request }) => {
      saving.enqueue(CHECKPOINT_KEY, 'low');
      if (!outbox.next(request.uid)) requests.enqueue(keyOf(request), 'low');
    },
  });
  const fuses = canaryController({ ...context, state: canary, onChange: fusesChanged });

  function fusesChanged(): void {
    saving.enqueue(CHECKPOINT_KEY, 'low');
    for (const { metadata } of stores.policies.values()) policies.enqueue(metadata.name, 'low');
    for (const { metadata } of stores.requests.list('open', YES)) requests.enqueue(keyOf(metadata), 'normal');
  }

  function reviewsOfChanged(uid: string): void {
    for (const { metadata } of stores.reviews.list('request', uid)) reviews.enqueue(keyOf(metadata), 'low');
  }

  wire(stores, {
    request: (key, lane) => requests.enqueue(key, lane),
    review: (key) => reviews.enqueue(key, 'low'),
    managed: (key) => managed.enqueue(key, 'urgent'),
    overdue: overdue.enqueue,
    policy: (key) => policies.enqueue(key, 'low'),
    canary: () => fuses.enqueue(CANARY_KEY, 'low'),
    history: ({ before, after }) => {
      if (after && !('unreadable' in after) && outbox.observe(after)) delivery.enqueue(after.metadata.uid, 'low');
      if (!after && before) outbox.forget(before.metadata.uid);
    },
  });
  stores.policies.subscribe(({ key, before, after }) => {
    if (!after || !('unreadable' in after) || before?.metadata.generation === after.metadata.generation) return;
    log.warn({ policy: key, reason: after.unreadable }, 'a policy cannot be read');
  });
  fuses.enqueue(CANARY_KEY, 'low');
  return {
    reflectors: createReflectors(stores, options),
    runnables: [overdue, requests, managed, reviews, policies, delivery, fuses, saving],
  };
}
