import type { Logger } from 'pino';
import type { Duration } from '../api/duration.ts';
import { disturbs } from '../admission/stored.ts';
import type { Trouble } from '../grant/trouble.ts';
import type { PersonClaim } from '../policy/person.ts';
import type { Checkpoint } from '../record/checkpoint.ts';
import type { Client } from '../runtime/client.ts';
import type { Clock } from '../runtime/clock.ts';
import { type Fence, fencedClient } from '../runtime/fenced-client.ts';
import type { Health } from '../runtime/health.ts';
import { limitedClient } from '../runtime/limited-client.ts';
import type { Runnable } from '../runtime/manager.ts';
import type { RuntimeMetrics } from '../runtime/metrics.ts';
import { notingClient } from '../runtime/noting-client.ts';
import { patientSource } from '../runtime/patient-source.ts';
import type { RateLimit } from '../runtime/rate-limit.ts';
import type { Reflector } from '../runtime/reflector.ts';
import { sharingClient } from '../runtime/sharing-client.ts';
import { admissionDoubt, GUARD_KEY, guardController } from './admission-guard/controller.ts';
import { GuardState } from './admission-guard/state.ts';
import { measureGrants } from './grant-metrics.ts';
import { createLeader, type Leader } from './leader.ts';
import { overdueController } from './overdue.ts';
import { createGuardReflectors, createReflectors } from './reflectors.ts';
import { createStores } from './stores.ts';
import { wireAlways } from './wiring.ts';

export interface OperatorOptions {
  readonly client: Client;
  /** What all calls of the process share. */
  readonly limit: RateLimit;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  /** What earlier processes left. */
  readonly checkpoint: Checkpoint;
  /** Names this process in its Events. */
  readonly instance: string;
  /** What tells people apart. */
  readonly personClaim: PersonClaim;
  /** How long an ended request is kept. */
  readonly retention: Duration;
  readonly metrics: RuntimeMetrics;
  readonly health: Health;
}

/** The operator, wired up and at rest: what fills its stores, then what works on them. */
export interface Operator {
  readonly reflectors: readonly Reflector[];
  /** What every replica does: it ends what is overdue, and sees whether admission can be relied on. */
  readonly runnables: readonly Runnable[];
  /**
   * What one replica does at a time, while `term` holds: all the rest. Works until `signal` is
   * aborted, then ends what it has begun, within 8 s. `checkpoint` is what whoever led before left.
   */
  readonly lead: (term: Fence, checkpoint: Checkpoint, signal: AbortSignal) => Promise<void>;
  /** Why nothing would be granted, whoever leads; empty while what is permitted is granted. */
  readonly obstacles: () => readonly string[];
}

/** Puts the operator together: stores, what fills them, what works on them, and which change concerns which. */
export function createOperator({ checkpoint, instance, ...options }: OperatorOptions): Operator {
  const { clock, random, log, limit, metrics, health, personClaim, retention } = options;
  const stores = createStores(log, personClaim);
  const noted = [stores.requests, stores.reviews, stores.policies, stores.bindings, stores.ownRoles, stores.fuses];
  // What lists through it are denials, which confirm what they rest on: a flood of them must not be one of lists.
  const over = (connection: Client) => sharingClient(notingClient(limitedClient(connection, limit), noted, clock));
  const client = over(options.client);
  const filling = { ...options, client: patientSource(options.client, limit) };
  const guardReflectors = createGuardReflectors(stores, filling);
  const guard = {
    stores,
    state: new GuardState(clock, checkpoint),
    watched: () => guardReflectors.every(({ hasSynced }) => hasSynced),
  };
  const { arrivals } = guard.state;
  const isHeld = (uid: string) => arrivals.isHeld(uid);
  const lastProof = () => guard.state.lastProof;
  let leader: Leader | undefined;
  const common = { client, stores, clock, random, log, metrics, health, trouble: admissionTrouble };

  function admissionTrouble(): Trouble | undefined {
    const doubt = admissionDoubt(guard);
    return doubt && { reason: 'AdmissionNotEnforced', ...doubt };
  }

  metrics.watchSizes(Object.values(stores));
  const trouble = () => admissionTrouble() ?? leader?.fusesTrouble();
  measureGrants({ stores, clock, trouble, registry: metrics.registry });

  const overdue = overdueController(common);
  const admission = guardController({
    ...common,
    ...guard,
    onProof: () => leader?.save(),
    onChange: () => leader?.prospectsChanged(),
  });

  wireAlways(stores, {
    overdue: overdue.enqueue,
    existence: ({ uid, creationTimestamp }, exists) => {
      if (exists) arrivals.came(uid, creationTimestamp);
      else arrivals.gone(uid);
    },
    admission: (change) => {
      if (guard.watched() && disturbs(change)) guard.state.disturbed();
      admission.enqueue(GUARD_KEY, 'urgent');
    },
  });
  stores.policies.subscribe(({ key, before, after }) => {
    if (!after || !('unreadable' in after) || before?.metadata.generation === after.metadata.generation) return;
    log.warn({ policy: key, reason: after.unreadable }, 'a policy cannot be read');
  });
  admission.enqueue(GUARD_KEY, 'low');
  return {
    reflectors: createReflectors(stores, filling),
    runnables: [
      overdue,
      admission,
      ...guardReflectors.map((reflector) => ({
        name: `reflector ${reflector.resource.plural}`,
        reads: [], // at once, beside those that work waits for
        run: (signal: AbortSignal) => reflector.run(signal),
      })),
    ],
    async lead(term, left, signal) {
      // The fence comes last: what has waited for its turn may have waited too long.
      const fenced = over(fencedClient(options.client, term));
      leader = createLeader({
        ...common,
        client: fenced,
        checkpoint: left,
        instance,
        personClaim,
        retention,
        isHeld,
        lastProof,
      });
      try {
        await leader.run(signal);
      } finally {
        leader = undefined;
      }
    },
    obstacles: () => {
      const doubt = admissionTrouble();
      return doubt ? [`${doubt.reason}: ${doubt.message}`] : [];
    },
  };
}
