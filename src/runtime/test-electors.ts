import type { Client } from './client.ts';
import type { Clock, Timer } from './clock.ts';
import { ApiError } from './errors.ts';
import { Elector } from './leader-election.ts';
import { LEASES } from './lease.ts';
import { MemoryClient } from './memory-client.ts';
import { settle } from './test-clock.ts';
import { testLog } from './test-log.ts';
import { aborted, orAborted } from './waiting.ts';

const LEASE = { namespace: 'test', name: 'lease' };

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
  readonly #rate: number;
  readonly #pauses: readonly Pause[];
  #wallOffset: number;

  constructor(time: TrueTime, { rate, wall, pauses }: { rate: number; wall: number; pauses: readonly Pause[] }) {
    this.#time = time;
    this.#rate = rate;
    this.#wallOffset = wall;
    this.#pauses = pauses;
  }

  now(): Date {
    return new Date(Date.UTC(2026, 11, 1) + this.#wallOffset + this.#time.now * this.#rate);
  }

  monotonic(): number {
    const asleep = this.#pauses
      .filter(({ machine }) => machine)
      .reduce((sum, { from, to }) => sum + Math.max(Math.min(to, this.#time.now) - from, 0), 0);
    return (this.#time.now - asleep) * this.#rate;
  }

  /** As Node's: never early, and a millisecond off at least, or time would stand still between two that are set anew. */
  timer(delay: number, callback: () => void): Timer {
    const due = this.monotonic() + delay;
    let cancelled = false;
    const look = () => {
      if (cancelled) return;
      const left = (due - this.monotonic()) / this.#rate;
      if (left > 0) this.#time.at(this.#time.now + Math.max(left, 1), () => this.whenAwake(look));
      else callback();
    };
    this.#time.at(this.#time.now + Math.max(delay / this.#rate, 1), () => this.whenAwake(look));
    return { cancel: () => (cancelled = true) };
  }

  turn(): Promise<void> {
    return settle();
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

/** What becomes of one call on its way, in true milliseconds. */
export interface Passage {
  readonly there: number;
  readonly back: number;
  readonly lost: 'nothing' | 'request' | 'reply';
}

/** A client whose calls take time, and get lost on either way, as long as `passage` says so. */
function farClient(near: Client, time: TrueTime, machine: Machine, passage: () => Passage): Client {
  const wait = (ms: number) => new Promise<void>((resolve) => time.at(time.now + ms, resolve));

  async function travel<T>(signal: AbortSignal | undefined, call: () => Promise<T>): Promise<T> {
    const { there, back, lost } = passage();
    const way = async () => {
      await wait(there);
      if (lost === 'request') return never();
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
    get: (resource, name, options) => travel(options?.signal, () => near.get(resource, name)),
    patch: (resource, name, patch, options) => travel(options?.signal, () => near.patch(resource, name, patch)),
  };
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}

/** One process that takes part. */
export interface Candidate {
  readonly machine: Machine;
  readonly elector: Elector;
  /** SIGTERM. */
  readonly stop: () => void;
}

/** An API server with one Lease, and processes on machines of their own that share it. For tests alone. */
export class Election {
  readonly time = new TrueTime();
  readonly server = new MemoryClient({ clock: new ServerTime(this.time), resources: [LEASES], random: () => 0.5 });

  static async create(): Promise<Election> {
    const election = new Election();
    await election.server.create(LEASES, { metadata: LEASE });
    return election;
  }

  /** Starts a process. What it leads takes `drain` ms of its own time to end. */
  start(
    identity: string,
    machine: Machine,
    { passage, random, drain = 0 }: { passage: () => Passage; random: () => number; drain?: number },
  ): Candidate {
    const client = farClient(this.server, this.time, machine, passage);
    const stop = new AbortController();
    const elector = new Elector({
      client,
      clock: machine,
      random,
      log: testLog().log,
      lease: LEASE,
      identity,
      lead: async (_, signal) => {
        await aborted(signal);
        await new Promise<void>((resolve) => machine.timer(drain, resolve));
      },
    });
    void elector.run(stop.signal);
    return { machine, elector, stop: () => machine.whenAwake(() => stop.abort(new Error('asked to stop'))) };
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
