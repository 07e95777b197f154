import type { CallOptions, Client } from './client.ts';
import type { Clock, Timer } from './clock.ts';
import { configMaps } from './conformance-subject.ts';
import { ApiError } from './errors.ts';
import { fencedClient } from './fenced-client.ts';
import { Elector } from './leader-election.ts';
import { LEASES } from './lease.ts';
import { MemoryClient } from './memory-client.ts';
import { settle } from './test-clock.ts';
import { testLog } from './test-log.ts';
import { aborted, orAborted, sleep, within } from './waiting.ts';

const LEASE = { namespace: 'test', name: 'lease' };
/** What whoever leads writes to, and how long after the last answer, in milliseconds. */
const TARGET = { namespace: 'test', name: 'target' };
const PACE = 400;
/** For how long it waits for an answer, in milliseconds; and once it is asked to end. */
export const PATIENCE = 10_000;
const LAST_PATIENCE = 8_000;

/** True time, in milliseconds, which nobody in the test world can see. What happens at one moment happens in order. */
export class TrueTime {
  now = 0;
  readonly #pending: { at: number; callback: () => void }[] = [];

  at(time: number, callback: () => void): void {
    const at = Math.max(time, this.now);
    const position = this.#pending.findIndex((other) => other.at > at);
    this.#pending.splice(position < 0 ? this.#pending.length : position, 0, { at, callback });
  }

  /** Lets everything happen up to a moment; `each` is called after every single thing, with all that it set off done. */
  async runTo(end: number, each: () => void): Promise<void> {
    for (let next = this.#pending[0]; next && next.at <= end; next = this.#pending[0]) {
      this.#pending.shift();
      this.now = next.at;
      next.callback();
      await settle();
      each();
    }
    this.now = end;
  }
}

/** How a process can stand still: alone, or with the whole machine, whose monotonic clock then stands still too. */
export type Pause = { readonly from: number; readonly to: number; readonly machine: boolean };

/** A machine whose clocks run at a rate of their own, and which stands still at times. In true time. */
export class Machine implements Clock {
  readonly #time: TrueTime;
  /** How many of its milliseconds are one true one. */
  readonly rate: number;
  readonly #pauses: readonly Pause[];
  #wallOffset: number;

  constructor(time: TrueTime, { rate, wall, pauses }: { rate: number; wall: number; pauses: readonly Pause[] }) {
    this.#time = time;
    this.rate = rate;
    this.#wallOffset = wall;
    this.#pauses = pauses;
  }

  now(): Date {
    return new Date(Date.UTC(2026, 11, 1) + this.#wallOffset + this.#time.now * this.rate);
  }

  monotonic(): number {
    const asleep = this.#pauses
      .filter(({ machine }) => machine)
      .reduce((sum, { from, to }) => sum + Math.max(Math.min(to, this.#time.now) - from, 0), 0);
    return (this.#time.now - asleep) * this.rate;
  }

  /** As Node's: never early, and a millisecond off at least, or time would stand still between two that are set anew. */
  timer(delay: number, callback: () => void): Timer {
    const due = this.monotonic() + delay;
    let cancelled = false;
    const look = () => {
      if (cancelled) return;
      const left = (due - this.monotonic()) / this.rate;
      if (left > 0) this.#time.at(this.#time.now + Math.max(left, 1), () => this.whenAwake(look));
      else callback();
    };
    this.#time.at(this.#time.now + Math.max(delay / this.rate, 1), () => this.whenAwake(look));
    return { cancel: () => (cancelled = true) };
  }

  turn(): Promise<void> {
    return settle();
  }

  /** Whether it stands still, or wakes up at this very moment. */
  get isStill(): boolean {
    return this.#pauses.some(({ from, to }) => from <= this.#time.now && this.#time.now <= to);
  }

  /** Sets the wall clock by this much. */
  step(ms: number): void {
    this.#wallOffset += ms;
  }

  /** Calls back now, or as soon as the process runs again. */
  whenAwake(callback: () => void): void {
    const pause = this.#pauses.find(({ from, to }) => from <= this.#time.now && this.#time.now < to);
    if (pause) this.#time.at(pause.to, () => this.whenAwake(callback));
    else callback();
  }
}

/** What becomes of one call: for how long its process keeps it, by its own clock; and on its way, in true milliseconds. */
export interface Passage {
  readonly held: number;
  readonly there: number;
  readonly back: number;
  readonly lost: 'nothing' | 'request' | 'reply';
}

/** One write of what a leader does, at the moment when it lands. */
export interface Landing {
  readonly by: Candidate;
  /** In which of the terms that `by` began, counted from 1. */
  readonly term: number;
  /** In true time: when it was asked for, and when it left. */
  readonly called: number;
  readonly left: number;
  /** Whether its term held when it left. */
  readonly held: boolean;
}

/**
 * A client whose calls take time, and get lost on either way, as long as `passage` says so. `leaves`
 * is called when one goes out, with when it was asked for, and what that returns when it arrives.
 */
function farClient(
  near: Client,
  time: TrueTime,
  machine: Machine,
  passage: () => Passage,
  leaves: (called: number) => () => void = () => () => undefined,
): Client {
  const wait = (ms: number) => new Promise<void>((resolve) => time.at(time.now + ms, resolve));

  async function travel<T>({ signal, fence }: CallOptions, call: () => Promise<T>): Promise<T> {
    const { held, there, back, lost } = passage();
    const called = time.now;
    const way = async () => {
      if (held > 0) await new Promise<void>((resolve) => machine.timer(held, resolve));
      if (signal?.aborted) return never();
      fence?.();
      const lands = leaves(called);
      await wait(there);
      if (lost === 'request') return never();
      lands();
      const reply = await call().then(
        (value) => ({ value }),
        (error: unknown) => ({ error }),
      );
      await wait(back);
      if (lost === 'reply') return never();
      await new Promise<void>((resolve) => machine.whenAwake(resolve));
      if ('error' in reply) throw reply.error;
      return reply.value;
    };
    return orAborted(way(), signal);
  }

  return {
    ...near,
    list: () => Promise.reject(new ApiError('Invalid', 'electors do not list')),
    get: (resource, name, options = {}) => travel(options, () => near.get(resource, name)),
    patch: (resource, name, patch, options = {}) => travel(options, () => near.patch(resource, name, patch)),
  };
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}

/** One process that takes part. */
export interface Candidate {
  readonly machine: Machine;
  readonly elector: Elector;
  /** How many terms it has begun. */
  readonly terms: () => number;
  /** SIGTERM. */
  readonly stop: () => void;
}

interface ProcessOptions {
  /** What becomes of its calls about the Lease. */
  readonly passage: () => Passage;
  /** What becomes of the writes of what it leads. */
  readonly workPassage: () => Passage;
  readonly random: () => number;
  /** How long that takes to end after its last write was answered, in milliseconds of its own. */
  readonly drain: number;
}

/** An API server with one Lease, and processes on machines of their own that share it. For tests alone. */
export class Election {
  readonly time = new TrueTime();
  readonly server = new MemoryClient({
    clock: new ServerTime(this.time),
    resources: [LEASES, configMaps],
    random: () => 0.5,
  });
  /** How often the Lease was given up. */
  releases = 0;
  /** Called when a write of what somebody leads lands. */
  onLanding: (landing: Landing) => void = () => undefined;

  static async create(): Promise<Election> {
    const election = new Election();
    election.server.after = ({ body }) => {
      if (JSON.stringify(body ?? {}).includes('"holderIdentity":null')) election.releases++;
      return undefined;
    };
    await election.server.create(LEASES, { metadata: LEASE });
    await election.server.create(configMaps, { metadata: TARGET });
    return election;
  }

  /** Starts a process. */
  start(identity: string, machine: Machine, { passage, workPassage, random, drain }: ProcessOptions): Candidate {
    const stop = new AbortController();
    let terms = 0;
    const elector = new Elector({
      client: farClient(this.server, this.time, machine, passage),
      clock: machine,
      random,
      log: testLog().log,
      lease: LEASE,
      identity,
      lead: async (term, signal) => {
        const number = ++terms;
        const leaves = (called: number) => {
          const landing = { by: candidate, term: number, called, left: this.time.now, held: term.holds() };
          return () => this.onLanding(landing);
        };
        const client = fencedClient(farClient(this.server, this.time, machine, workPassage, leaves), term);
        const ended = work(client, machine, signal);
        await aborted(signal);
        await within(ended, LAST_PATIENCE, machine);
        await sleep(drain, machine);
      },
    });
    const candidate = {
      machine,
      elector,
      terms: () => terms,
      stop: () => machine.whenAwake(() => stop.abort(new Error('asked to stop'))),
    };
    void elector.run(stop.signal);
    return candidate;
  }
}

/** Writes again and again, and waits for every answer, until `signal` is aborted. */
async function work(client: Client, clock: Clock, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const late = new AbortController();
    const timer = clock.timer(PATIENCE, () => late.abort(new ApiError('Unavailable', 'no answer')));
    await client.patch(configMaps, TARGET, { data: {} }, { signal: late.signal }).catch(() => undefined);
    timer.cancel();
    await sleep(PACE, clock, signal);
  }
}

/** The API server's own clock, which nobody goes by. */
class ServerTime implements Clock {
  readonly #time: TrueTime;

  constructor(time: TrueTime) {
    this.#time = time;
  }

  now(): Date {
    return new Date(Date.UTC(2026, 11, 1) + this.#time.now);
  }

  monotonic(): number {
    return this.#time.now;
  }

  timer(delay: number, callback: () => void): Timer {
    let cancelled = false;
    this.#time.at(this.#time.now + delay, () => {
      if (!cancelled) callback();
    });
    return { cancel: () => (cancelled = true) };
  }

  turn(): Promise<void> {
    return settle();
  }
}
