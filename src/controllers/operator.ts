import type { Logger } from 'pino';
import type { Duration } from '../api/duration.ts';
import { addSeconds, formatTime, parseTime } from '../api/time.ts';
import { disturbs } from '../admission/stored.ts';
import { fuseTrouble } from '../grant/fuse-health.ts';
import type { Trouble } from '../grant/trouble.ts';
import type { Checkpoint } from '../record/checkpoint.ts';
import type { PersonClaim } from '../policy/person.ts';
import { Outbox } from '../record/outbox.ts';
import type { Client } from '../runtime/client.ts';
import type { Clock } from '../runtime/clock.ts';
import { limitedClient } from '../runtime/limited-client.ts';
import type { Runnable } from '../runtime/manager.ts';
import { notingClient } from '../runtime/noting-client.ts';
import type { RuntimeMetrics } from '../runtime/metrics.ts';
import { keyOf } from '../runtime/object.ts';
import { RateLimit } from '../runtime/rate-limit.ts';
import type { Reflector } from '../runtime/reflector.ts';
import { sharingClient } from '../runtime/sharing-client.ts';
import { policyController } from './access-policy/controller.ts';
import { ActAs } from './access-request/act-as.ts';
import { requestController } from './access-request/controller.ts';
import { reviewController } from './access-review/controller.ts';
import { Notices, weighingController } from './access-review/weighing.ts';
import { admissionDoubt, GUARD_KEY, guardController } from './admission-guard/controller.ts';
import { GuardState } from './admission-guard/state.ts';
import { CHECKPOINT_KEY, checkpointController } from './checkpoint.ts';
import type { Context } from './context.ts';
import { deliveryController } from './delivery.ts';
import { canaryTrouble } from './fuse-canary/canary.ts';
import { CANARY_KEY, canaryController } from './fuse-canary/controller.ts';
import { CanaryState } from './fuse-canary/state.ts';
import { managedController } from './managed/controller.ts';
import { overdueController } from './overdue.ts';
import { measureGrants } from './grant-metrics.ts';
import { createGuardReflectors, createReflectors } from './reflectors.ts';
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
  /** How long an ended request is kept. */
  readonly retention: Duration;
  readonly metrics: RuntimeMetrics;
}

/** The operator, wired up and at rest: what fills its stores, then what works on them. */
export interface Operator {
  readonly reflectors: readonly Reflector[];
  readonly runnables: readonly Runnable[];
  /** Why it grants nothing; empty while it grants what is permitted. */
  readonly obstacles: () => readonly string[];
}

/** How old an entry may be and still become an Event, where nothing says what was delivered: as long as Events live. In seconds. */
const EVENT_LIFE = 3600;

/** How far before its checkpoint delivery starts again, in seconds: entries come about in another order than their times. */
const MARGIN = 60;

/** Puts the operator together: stores, controllers, and which change concerns which. */
export function createOperator({ checkpoint, instance, metrics, ...options }: OperatorOptions): Operator {
  const { clock, random, log } = options;
  const stores = createStores(log, options.personClaim);
  // What lists through it are denials, which confirm what they rest on: a flood of them must not be one of lists.
  const client = sharingClient(
    notingClient(
      limitedClient(options.client, new RateLimit(clock)),
      [stores.requests, stores.reviews, stores.policies, stores.bindings, stores.ownRoles, stores.fuses],
      clock,
    ),
  );
  const canary = new CanaryState(checkpoint.fuseProvenAt === undefined ? undefined : new Date(checkpoint.fuseProvenAt));
  const guardReflectors = createGuardReflectors(stores, options);
  const guard = {
    stores,
    state: new GuardState(clock, checkpoint),
    watched: () => guardReflectors.every(({ hasSynced }) => hasSynced),
  };
  const { arrivals } = guard.state;
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
    trouble: () => admissionTrouble() ?? fusesTrouble(),
  };

  function admissionTrouble(): Trouble | undefined {
    const doubt = admissionDoubt(guard);
    return doubt && { reason: 'AdmissionNotEnforced', ...doubt };
  }

  function fusesTrouble(): Trouble | undefined {
    const now = clock.now();
    const message = fuseTrouble(canaryTrouble(canary, now), stores.fuses.list('unarmed', YES), now);
    return message === undefined ? undefined : { reason: 'FuseUnavailable', message, passing: false };
  }

  metrics.watchSizes(Object.values(stores));
  measureGrants({ ...context, registry: metrics.registry });

  const view = {
    ...context,
    isHeld: (uid: string) => arrivals.isHeld(uid),
    claim: options.personClaim,
    retention: options.retention,
    actAs: new ActAs(context),
    delivered: (uid: string) => outbox.next(uid) === undefined,
  };
  const requests = requestController({ ...view, onAsked: reweigh });
  const notices = new Notices();
  const reviews = reviewController({ ...context, notices });
  const weighing = weighingController({ ...view, notices, onNews: (key) => reviews.enqueue(key, 'low') });
  const policies = policyController(context);
  const managed = managedController(context);
  const overdue = overdueController(context);
  const saving = checkpointController({
    ...context,
    loaded: checkpoint,
    current: () => ({
      events: outbox.watermark() ?? checkpoint.events,
      fuseProvenAt: canary.provenAt && formatTime(canary.provenAt),
      ...guard.state.lastProof,
    }),
  });
  const delivery = deliveryController({
    ...context,
    outbox,
    instance,
    onDelivered: ({ request }) => {
      save();
      if (!outbox.next(request.uid)) requests.enqueue(keyOf(request), 'low');
    },
  });
  const fuses = canaryController({ ...context, state: canary, onChange: fusesChanged });
  const admission = guardController({ ...context, ...guard, onProof: save, onChange: prospectsChanged });

  function save(): void {
    saving.enqueue(CHECKPOINT_KEY, 'low');
  }

  function fusesChanged(): void {
    save();
    prospectsChanged();
  }

  function prospectsChanged(): void {
    for (const { metadata } of stores.policies.values()) policies.enqueue(metadata.name, 'low');
    for (const { metadata } of stores.requests.list('open', YES)) requests.enqueue(keyOf(metadata), 'normal');
  }

  function reweigh(uid: string): void {
    weighing.enqueue(uid, 'low');
  }

  wire(stores, {
    request: (key, lane) => requests.enqueue(key, lane),
    review: (key) => reviews.enqueue(key, 'low'),
    weighing: reweigh,
    managed: (key) => managed.enqueue(key, 'urgent'),
    overdue: overdue.enqueue,
    policy: (key) => policies.enqueue(key, 'low'),
    canary: () => fuses.enqueue(CANARY_KEY, 'low'),
    existence: ({ uid, creationTimestamp }, exists) => {
      if (exists) arrivals.came(uid, creationTimestamp);
      else {
        arrivals.gone(uid);
        notices.forget(uid);
      }
    },
    admission: (change) => {
      if (guard.watched() && disturbs(change)) guard.state.disturbed();
      admission.enqueue(GUARD_KEY, 'urgent');
    },
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
  admission.enqueue(GUARD_KEY, 'low');
  return {
    reflectors: createReflectors(stores, options),
    runnables: [
      overdue,
      requests,
      managed,
      weighing,
      reviews,
      policies,
      delivery,
      fuses,
      admission,
      saving,
      ...guardReflectors.map((reflector) => ({
        name: `reflector ${reflector.resource.plural}`,
        reads: [], // at once, beside those that work waits for
        run: (signal: AbortSignal) => reflector.run(signal),
      })),
    ],
    obstacles: () => {
      const trouble = admissionTrouble();
      return trouble ? [`${trouble.reason}: ${trouble.message}`] : [];
    },
  };
}
