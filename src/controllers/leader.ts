import type { Duration } from '../api/duration.ts';
import { addSeconds, formatTime, parseTime } from '../api/time.ts';
import { fuseTrouble } from '../grant/fuse-health.ts';
import type { Trouble } from '../grant/trouble.ts';
import type { PersonClaim } from '../policy/person.ts';
import { type Checkpoint, upTo } from '../record/checkpoint.ts';
import { Outbox } from '../record/outbox.ts';
import { keyOf } from '../runtime/object.ts';
import { runParts } from '../runtime/parts.ts';
import { policyController } from './access-policy/controller.ts';
import { ActAs } from './access-request/act-as.ts';
import { requestController } from './access-request/controller.ts';
import { reviewController } from './access-review/controller.ts';
import { Notices, weighingController } from './access-review/weighing.ts';
import { CHECKPOINT_KEY, checkpointController } from './checkpoint.ts';
import type { Context } from './context.ts';
import { deliveryController } from './delivery.ts';
import { canaryTrouble } from './fuse-canary/canary.ts';
import { CANARY_KEY, canaryController } from './fuse-canary/controller.ts';
import { CanaryState } from './fuse-canary/state.ts';
import { managedController } from './managed/controller.ts';
import { YES } from './stores.ts';
import { wire } from './wiring.ts';

interface LeaderOptions extends Context {
  /** What whoever led before left. */
  readonly checkpoint: Checkpoint;
  /** Names this process in its Events. */
  readonly instance: string;
  /** What tells people apart. */
  readonly personClaim: PersonClaim;
  /** How long ended requests are kept. */
  readonly retention: Duration;
  /** Whether admission could be relied on when the request or review with this uid was made. */
  readonly isHeld: (uid: string) => boolean;
  /** When that was last proven, and how the policies were then. */
  readonly lastProof: () => Pick<Checkpoint, 'admission' | 'admissionProvenAt'>;
}

/** What one replica does at a time: it alone grants and writes down. */
export interface Leader {
  /** Works until `signal` is aborted, then ends what it has begun, within 8 s. Once only: who leads again begins anew. */
  run(signal: AbortSignal): Promise<void>;
  /** Whether anything can be granted has changed. */
  prospectsChanged(): void;
  /** Writes the checkpoint soon. */
  save(): void;
  /** Why fuses cannot be trusted; undefined where they can. */
  fusesTrouble(): Trouble | undefined;
}

/** How old an entry may be and still become an Event, where nothing says what was delivered: as long as Events live. In seconds. */
const EVENT_LIFE = 3600;

/** How far before its checkpoint delivery starts again, in seconds: entries come about in another order than their times. */
const MARGIN = 60;

/**
 * Puts the work of a leader together: what it remembers is as new, and all that the stores hold is
 * looked at. So taking over is the same as starting, and needs nothing of whoever led before but
 * what that wrote.
 */
export function createLeader({
  checkpoint: left,
  instance,
  personClaim,
  retention,
  isHeld,
  lastProof,
  ...options
}: LeaderOptions): Leader {
  const { stores, clock, log } = options;
  const checkpoint = upTo(clock.now(), left);
  const canary = new CanaryState(checkpoint.fuseProvenAt === undefined ? undefined : new Date(checkpoint.fuseProvenAt));
  const since =
    checkpoint.events === undefined
      ? addSeconds(clock.now(), -EVENT_LIFE)
      : addSeconds(parseTime(checkpoint.events), -MARGIN);
  const outbox = new Outbox(formatTime(since), clock);
  const context: Context = { ...options, trouble: () => options.trouble() ?? fusesTrouble() };

  function fusesTrouble(): Trouble | undefined {
    const now = clock.now();
    const message = fuseTrouble(canaryTrouble(canary, now), stores.fuses.list('unarmed', YES), now);
    return message === undefined ? undefined : { reason: 'FuseUnavailable', message, passing: false };
  }

  const view = {
    ...context,
    isHeld,
    claim: personClaim,
    retention,
    actAs: new ActAs(context),
    undeliveredSince: (uid: string) => outbox.waitingSince(uid),
  };
  const requests = requestController({ ...view, onAsked: reweigh });
  const notices = new Notices();
  const reviews = reviewController({ ...context, notices });
  const weighing = weighingController({ ...view, notices, onNews: (key) => reviews.enqueue(key, 'low') });
  const policies = policyController(context);
  const managed = managedController(context);
  const saving = checkpointController({
    ...context,
    loaded: checkpoint,
    current: () => ({
      ...lastProof(),
      events: outbox.watermark() ?? checkpoint.events,
      fuseProvenAt: canary.provenAt && !canary.failedAt ? formatTime(canary.provenAt) : undefined,
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

  return {
    prospectsChanged,
    save,
    fusesTrouble,
    async run(signal) {
      const unwire = wire(stores, {
        request: (key, lane) => requests.enqueue(key, lane),
        review: (key) => reviews.enqueue(key, 'low'),
        weighing: reweigh,
        managed: (key) => managed.enqueue(key, 'urgent'),
        policy: (key) => policies.enqueue(key, 'low'),
        canary: () => fuses.enqueue(CANARY_KEY, 'low'),
        history: ({ before, after }) => {
          if (after && !('unreadable' in after) && outbox.observe(after)) delivery.enqueue(after.metadata.uid, 'low');
          if (!after && before) outbox.forget(before.metadata.uid);
        },
      });
      const forget = stores.reviews.subscribe(({ before, after }) => {
        if (before && !after) notices.forget(before.metadata.uid);
      });
      fuses.enqueue(CANARY_KEY, 'low');
      try {
        // In the order in which they hand work on.
        await runParts([requests, managed, weighing, reviews, policies, delivery, fuses, saving], signal, {
          clock,
          log,
        });
      } finally {
        unwire();
        forget();
      }
    },
  };
}
