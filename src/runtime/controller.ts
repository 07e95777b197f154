import type { Logger } from 'pino';
import type { Clock } from './clock.ts';
import { isApiError } from './errors.ts';
import type { Health, Stall } from './health.ts';
import type { Lane } from './lanes.ts';
import type { ReconcileOutcome, RuntimeMetrics } from './metrics.ts';
import { Queue, type Taken } from './queue.ts';
import { Scheduler } from './scheduler.ts';
import { firstOutcome, type Outcome, type Step } from './step.ts';
import { Turns } from './turns.ts';
import { aborted, within } from './waiting.ts';

/** How long work that has begun may take after the stop, in milliseconds. What waits is not begun: a start looks at everything. */
const DRAIN = 10_000;
/** How long work may take to end once it has been told to, in milliseconds. */
const ABANDON = 1_000;
/** Plans carried out in a row without settling, after which they slow down: steps that never see their own writes would loop. */
const LONG_STREAK = 20;
/** Failures in a row, about a second of them, after which what is not found has not merely been deleted. */
const MISSED = 8;
/**
 * A worker that has had a key for so long is stuck, in milliseconds. A call takes 30 s at the most,
 * and the first that is not answered in its time ends the work; so this is dozens of them in a row,
 * each answered at the last moment.
 */
const STUCK = 600_000;

const NOTHING = { next: 'stop', reason: 'nothing there' } as const satisfies Outcome<never>;
const CARRIED_OUT = { next: 'stop', reason: 'carried out' } as const satisfies Outcome<never>;

export interface ControllerOptions<Snapshot, Plan> {
  /** For the log and for metrics. */
  name: string;
  /** How many keys are worked on at once. */
  workers: number;
  /**
   * How many of the workers take urgent keys only, less than all of them; 0 where not given. So an
   * urgent key waits for other urgent keys alone, never for slow work of lower lanes, which has at
   * most `workers - reserved` at once and there its turn after 33 others (lanes.ts).
   */
  reserved?: number;
  /**
   * Whose a key is, in one word, where many belong to one and few to another: within a lane they
   * have their turns one after the other. All are anybody's where it is not given.
   */
  flowOf?: (key: string) => string;
  /**
   * Of which series a key is, where it is of one: keys that must not be decided at the same time.
   * A worker has one of these at a time, and the others wait for it, however pressing they are.
   */
  seriesOf?: (key: string) => string | undefined;
  clock: Clock;
  /** In [0, 1), as `Math.random`. */
  random: () => number;
  log: Logger;
  metrics: Pick<RuntimeMetrics, 'watchQueue' | 'waited' | 'reconciled'>;
  health: Pick<Health, 'watch'>;
  /** All that the steps may look at, read from the stores; undefined where there is nothing to do for a key. */
  snapshot: (key: string) => Snapshot | undefined;
  steps: readonly Step<Snapshot, Plan>[];
  /**
   * Carries a plan out; resolves to the lane in which to look at the key again, to undefined where
   * that would show nothing new. Rejects with an `ApiError` where the API server is in the way,
   * with the signal's reason when it is aborted. `lane` is the one in which the key was taken.
   */
  apply: (plan: Plan, key: string, signal: AbortSignal, lane: Lane) => Promise<Lane | undefined>;
}

/**
 * Runs the steps for a key whenever it is enqueued or what a step waited for has come, and carries
 * out what they plan. The only place with side effects; never two at once for one key. Every
 * failure is tried again: nothing is ever given up, only slowed down. Between looks at keys timers
 * and I/O have their turn, however many keys wait (turns.ts).
 */
export class Controller<Snapshot, Plan> {
  readonly name: string;
  readonly #options: ControllerOptions<Snapshot, Plan>;
  readonly #queue: Queue;
  readonly #scheduler: Scheduler;
  readonly #turns: Turns;
  /** Plans carried out since a key last settled. */
  readonly #streaks = new Map<string, number>();
  /** Since when keys have had a worker, on the monotonic clock; the longest comes first. */
  readonly #begun = new Map<string, number>();

  constructor(options: ControllerOptions<Snapshot, Plan>) {
    const { workers, reserved = 0 } = options;
    if (reserved >= workers) throw new RangeError(`reserved is ${reserved}, must be below workers, ${workers}`);
    this.name = options.name;
    this.#options = options;
    this.#queue = new Queue(options);
    this.#turns = new Turns(options.clock);
    this.#scheduler = new Scheduler({ clock: options.clock, fire: (key, lane) => this.enqueue(key, lane) });
  }

  /** May be called before `run`; does nothing once that has been told to stop. */
  enqueue(key: string, lane: Lane): void {
    this.#queue.add(key, lane);
  }

  /** How many keys wait in each lane. */
  get depths(): Readonly<Record<Lane, number>> {
    return this.#queue.depths;
  }

  /** The key that a worker has had for too long. */
  get stall(): Stall | undefined {
    const now = this.#options.clock.monotonic();
    const [oldest] = this.#begun;
    if (!oldest) return undefined;
    const [key, begun] = oldest;
    return now - begun < STUCK ? undefined : { part: `controller ${this.name}`, key, ms: now - begun };
  }

  /** Works until `signal` is aborted, then ends what has begun, within eleven seconds. */
  async run(signal: AbortSignal): Promise<void> {
    const { metrics, health } = this.#options;
    const unwatch = [metrics.watchQueue(this), health.watch(this)];
    await this.#run(signal);
    for (const end of unwatch) end();
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { clock, workers, reserved = 0, log } = this.#options;
    const abandoned = new AbortController();
    const work = (_: unknown, n: number) => this.#work(n < reserved ? 'urgent' : undefined, signal, abandoned.signal);
    const finished = Promise.all(Array.from({ length: workers }, work));
    await Promise.race([finished, aborted(signal)]);
    this.#scheduler.close();
    this.#queue.close();
    if (await within(finished, DRAIN, clock)) return;
    abandoned.abort(signal.reason);
    if (!(await within(finished, ABANDON, clock))) log.warn({ controller: this.name }, 'work left unfinished');
  }

  async #work(only: 'urgent' | undefined, signal: AbortSignal, abandoned: AbortSignal): Promise<void> {
    for (let taken = await this.#take(only); taken; taken = await this.#take(only)) {
      if (!signal.aborted) await this.#reconcile(taken, abandoned);
      this.#queue.done(taken.key);
    }
  }

  async #reconcile({ key, lane, waited }: Taken, abandoned: AbortSignal): Promise<void> {
    const { clock, metrics } = this.#options;
    metrics.waited(this.name, lane, waited);
    const begun = clock.monotonic();
    this.#begun.set(key, begun);
    const outcome = await this.#attempt(key, lane, abandoned);
    this.#begun.delete(key);
    if (outcome) metrics.reconciled(this.name, outcome, clock.monotonic() - begun);
  }

  /** Whoever waits for their turn holds no key, so that what has become urgent meanwhile goes first. */
  async #take(only: 'urgent' | undefined): Promise<Taken | undefined> {
    await this.#turns.own();
    return this.#queue.take(only);
  }

  /** Undefined where it was given up. */
  async #attempt(key: string, lane: Lane, signal: AbortSignal): Promise<ReconcileOutcome | undefined> {
    const { clock, snapshot, steps, apply } = this.#options;
    try {
      const seen = snapshot(key);
      const outcome = seen === undefined ? NOTHING : firstOutcome(steps, seen, clock.now());
      if (outcome.next !== 'write') {
        this.#settled(key, outcome);
        return 'settled';
      }
      if (outcome.wait) this.#scheduler.set(key, outcome.wait.until, outcome.wait.lane);
      const again = await apply(outcome.plan, key, signal, lane);
      if (again) this.#carriedOut(key, again);
      else this.#settled(key, outcome.wait ?? CARRIED_OUT);
      return 'written';
    } catch (error) {
      if (signal.aborted) return undefined;
      this.#failed(key, lane, error);
      return outcomeOf(error);
    }
  }

  #carriedOut(key: string, lane: Lane): void {
    const streak = (this.#streaks.get(key) ?? 0) + 1;
    this.#streaks.set(key, streak);
    if (streak < LONG_STREAK) {
      this.#queue.forget(key);
      this.#queue.add(key, lane);
      return;
    }
    if (streak === LONG_STREAK) {
      this.#options.log.error({ controller: this.name, key, streak }, 'plans do not settle, slowing down');
    }
    this.#queue.retry(key, lane);
  }

  #settled(key: string, outcome: Exclude<Outcome<Plan>, { next: 'write' }>): void {
    this.#queue.forget(key);
    this.#streaks.delete(key);
    if (outcome.next === 'wait') {
      this.#scheduler.set(key, outcome.until, outcome.lane);
      return;
    }
    this.#scheduler.clear(key);
    if (outcome.next === 'stop') {
      this.#options.log.debug({ controller: this.name, key, reason: outcome.reason }, 'settled');
    }
  }

  #failed(key: string, lane: Lane, error: unknown): void {
    const { log } = this.#options;
    const failures = this.#queue.retry(key, lane, isApiError(error) ? error.retryAfter : undefined);
    const fields = { controller: this.name, key, lane, failures, err: error };
    if (!isApiError(error)) log.error(fields, 'reconcile failed');
    else if (error.reason === 'Conflict') log.debug(fields, 'changed meanwhile, trying again');
    // The watch is about to say so too. Where it does not, something else is missing.
    else if (error.reason === 'NotFound' && failures < MISSED) log.debug(fields, 'gone meanwhile, trying again');
    // Urgent keys are tried twice a second, and an outage hits all keys at once: 1st, 2nd, 4th, 8th time and so on.
    else if ((failures & (failures - 1)) === 0) log.warn(fields, 'API server in the way, trying again');
    else log.debug(fields, 'API server in the way, trying again');
  }
}

function outcomeOf(error: unknown): ReconcileOutcome {
  if (!isApiError(error)) return 'failed';
  return isApiError(error, 'Conflict', 'NotFound') ? 'conflict' : 'api_error';
}
