import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';
import { addGauge } from './gauge.ts';
import type { Lane } from './lanes.ts';
import type { Elector } from './leader-election.ts';
import { type Resource, resourceName } from './object.ts';
import type { ServerClock } from './server-clock.ts';

/** Bounds of what takes milliseconds, in seconds. */
const QUICK = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Bounds of what may also take its time, in seconds. */
const PATIENT = [...QUICK, 30, 60, 300];

/**
 * What can come of a reconcile: nothing to do, or not before some moment; a plan that was carried
 * out; something that the plan was made from has changed or is gone; the API server was in the way
 * otherwise; we were, by a defect.
 */
export const RECONCILE_OUTCOMES = ['settled', 'written', 'conflict', 'api_error', 'failed'] as const;
export type ReconcileOutcome = (typeof RECONCILE_OUTCOMES)[number];

/** A store, as far as its size is concerned. */
interface Sized {
  readonly resource: Resource;
  readonly size: number;
}

/** A controller, as far as what waits for it is concerned. */
interface Queued {
  readonly name: string;
  readonly depths: Readonly<Record<Lane, number>>;
}

/**
 * What the runtime measures of its own work, in Prometheus' form. Every label is from a closed set
 * (verbs, resources, codes): a label with a name of a person, an object or a namespace would tell
 * whoever may read metrics who does what, and grow without bound.
 *
 * Names and units follow https://prometheus.io/docs/practices/naming/.
 */
export class RuntimeMetrics {
  /** What `/metrics` shows; others add what they measure. */
  readonly registry = new Registry();
  readonly #prefix: string;
  readonly #calls: Counter<'verb' | 'resource' | 'code'>;
  readonly #callSeconds: Histogram<'verb'>;
  readonly #waitSeconds: Histogram<'controller' | 'lane'>;
  readonly #reconcileSeconds: Histogram<'controller' | 'outcome'>;
  readonly #queued = new Set<Queued>();

  /**
   * All names begin with `prefix`. Where `process` is asked for, Node's own figures are among them, by
   * their usual names: CPU, memory, handles, event loop lag.
   */
  constructor({ prefix = '', process }: { prefix?: string; process: boolean }) {
    this.#prefix = prefix;
    const registers = [this.registry];
    if (process) collectDefaultMetrics({ register: this.registry });
    this.#calls = new Counter({
      name: `${prefix}api_calls_total`,
      help: 'Calls of the API server that have ended. code is the HTTP status, or 0 where no answer came.',
      labelNames: ['verb', 'resource', 'code'],
      registers,
    });
    this.#callSeconds = new Histogram({
      name: `${prefix}api_call_duration_seconds`,
      help: 'How long calls of the API server took, answered or not.',
      labelNames: ['verb'],
      buckets: QUICK,
      registers,
    });
    this.#waitSeconds = new Histogram({
      name: `${prefix}queue_wait_seconds`,
      help: 'How long keys were in the lane of a queue from which a worker took them.',
      labelNames: ['controller', 'lane'],
      buckets: PATIENT,
      registers,
    });
    this.#reconcileSeconds = new Histogram({
      name: `${prefix}reconcile_duration_seconds`,
      help: 'How long a worker had a key, by what came of it.',
      labelNames: ['controller', 'outcome'],
      buckets: PATIENT,
      registers,
    });
    const depth = {
      name: `${prefix}queue_depth`,
      help: 'Keys that wait in a lane of a queue. Those that are to be tried again later are not counted.',
      labels: ['controller', 'lane'],
    };
    addGauge(this.registry, depth, () => {
      return Object.fromEntries(Array.from(this.#queued, ({ name, depths }) => [name, depths]));
    });
  }

  /** A call has ended, after so many milliseconds. */
  called(verb: string, resource: Resource, code: number, ms: number): void {
    this.#calls.inc({ verb, resource: resourceName(resource), code: String(code) });
    this.#callSeconds.observe({ verb }, ms / 1000);
  }

  /** A watch has ended; it lasts as long as the server likes, which says nothing. */
  watchEnded(resource: Resource, code: number): void {
    this.#calls.inc({ verb: 'watch', resource: resourceName(resource), code: String(code) });
  }

  /** Shows how much waits for a controller, until what this returns is called. */
  watchQueue(controller: Queued): () => void {
    this.#queued.add(controller);
    return () => void this.#queued.delete(controller);
  }

  /** A worker has taken a key that was in this lane for so many milliseconds. */
  waited(controller: string, lane: Lane, ms: number): void {
    this.#waitSeconds.observe({ controller, lane }, ms / 1000);
  }

  /** A worker has had a key for so many milliseconds. */
  reconciled(controller: string, outcome: ReconcileOutcome, ms: number): void {
    this.#reconcileSeconds.observe({ controller, outcome }, ms / 1000);
  }

  /** Shows how much is in these. */
  watchSizes(stores: readonly Sized[]): void {
    const gauge = { name: `${this.#prefix}store_objects`, help: 'Objects held of a resource.', labels: ['resource'] };
    addGauge(this.registry, gauge, () => {
      return Object.fromEntries(stores.map(({ resource, size }) => [resourceName(resource), size]));
    });
  }

  /** Shows whether this process leads. */
  watchLeader(elector: Pick<Elector, 'leads'>): void {
    const help = 'Whether this process leads. Over all replicas the sum is 1.';
    addGauge(this.registry, { name: `${this.#prefix}leader`, help }, () => (elector.leads ? 1 : 0));
  }

  /** Shows how far the API server's clock is ahead of the local one. */
  watchSkew(clock: Pick<ServerClock, 'skew'>): void {
    const help = "How far the API server's clock is ahead of the local one; 0 where that is not known.";
    addGauge(this.registry, { name: `${this.#prefix}clock_skew_seconds`, help }, () => clock.skew / 1000);
  }
}
