import assert from 'node:assert/strict';
import { type Lane, PATIENCE } from './lanes.ts';
import { Queue, type Taken } from './queue.ts';
import { TestClock } from './test-clock.ts';

const LANES = ['urgent', 'normal', 'low'] as const;
const FLOWS = ['a', 'b', 'c', 'd'];
/** All that a test of the queue puts in. */
export const KEYS = FLOWS.flatMap((flow) => Array.from({ length: 12 }, (_, n) => `${flow}${n}`));
/** How many keys may be out at once. */
export const WORKERS = 8;
/** The longest pause that anything here asks for, in milliseconds. */
export const LONGEST = 30_000;

const flowOf = (key: string): string => key.slice(0, 1);
const isHigher = (one: Lane, other: Lane): boolean => LANES.indexOf(one) < LANES.indexOf(other);

/** A key that waits: since when in its lane, and since when on its place there. */
interface Waiting {
  readonly lane: Lane;
  readonly since: number;
  readonly placed: number;
}

/**
 * What a queue promises, as plain tables beside one; each thing that it hands out is held against
 * them. For tests alone.
 */
export class PromisedQueue {
  readonly clock = new TestClock();
  readonly #queue = new Queue({ clock: this.clock, random: () => 0, flowOf });
  readonly #waiting = new Map<string, Waiting>();
  /** Keys with a worker, and how each was added again. */
  readonly #working = new Map<string, Waiting | undefined>();
  readonly #delayed = new Map<string, { due: number; lane: Lane }>();
  readonly #failures = new Map<string, number>();
  /** Workers that have asked and have nothing yet. */
  readonly #asking = { any: 0, urgent: 0 };
  #closed = false;
  /** The first promise that was not kept when something was handed out. */
  #broken: Error | undefined;
  /** How many were handed out while a lane had something in it, and of one lane while a flow had. */
  readonly #passed = new Map<string, number>();
  /** The most that ever went before the first of a lower lane. */
  mostPassed = 0;

  get working(): readonly string[] {
    return [...this.#working.keys()];
  }

  get isIdle(): boolean {
    return this.#waiting.size + this.#working.size + this.#delayed.size === 0;
  }

  add(key: string, lane: Lane): void {
    this.#queue.add(key, lane);
    this.#add(key, lane, this.clock.monotonic());
  }

  addAfter(key: string, lane: Lane, delay: number): void {
    this.#queue.addAfter(key, lane, delay);
    this.#addAfter(key, lane, delay);
  }

  /** 10 ms, doubled each time up to what is the most for the lane; who is not urgent heeds a longer wish up to there. */
  retry(key: string, lane: Lane, wish: number): void {
    const times = (this.#failures.get(key) ?? 0) + 1;
    assert.equal(this.#queue.retry(key, lane, wish), times);
    this.#failures.set(key, times);
    const most = lane === 'urgent' ? 500 : LONGEST;
    const pause = Math.min(10 * 2 ** (times - 1), most);
    this.#addAfter(key, lane, lane === 'urgent' ? pause : Math.max(pause, Math.min(wish, most)));
  }

  forget(key: string): void {
    this.#queue.forget(key);
    this.#failures.delete(key);
  }

  take(only?: 'urgent'): void {
    const { any, urgent } = this.#asking;
    if (this.#working.size + any + urgent >= WORKERS) return;
    const who = only ?? 'any';
    this.#asking[who]++;
    const heard = (taken: Taken | undefined) => {
      this.#asking[who]--;
      if (taken) this.#handedOut(taken, only);
      else assert.ok(this.#isOver, 'sent home');
    };
    this.#queue
      .take(only)
      .then(heard)
      .catch((error: unknown) => (this.#broken ??= new Error('a promise was not kept', { cause: error })));
  }

  done(key: string): void {
    this.#queue.done(key);
    const again = this.#working.get(key);
    this.#working.delete(key);
    if (again) this.#place(key, { ...again, placed: this.clock.monotonic() });
  }

  close(): void {
    this.#queue.close();
    this.#closed = true;
    this.#delayed.clear();
  }

  /** Throws where something was handed out against a promise, or is held back. */
  check(): void {
    if (this.#broken !== undefined) throw this.#broken;
    for (const key of this.#delayed.keys()) this.#fallDue(key);
    const entries = [...this.#waiting.values(), ...this.#working.values()];
    const depth = (lane: Lane) => entries.filter((entry) => entry?.lane === lane).length;
    assert.deepEqual(this.#queue.depths, { urgent: depth('urgent'), normal: depth('normal'), low: depth('low') });
    if (this.#asking.any > 0) assert.deepEqual([...this.#waiting.keys()], [], 'held back');
    if (this.#asking.urgent > 0) assert.deepEqual(this.#in('urgent'), [], 'held back');
    if (this.#isOver && this.#working.size === 0) assert.deepEqual(this.#asking, { any: 0, urgent: 0 });
  }

  get #isOver(): boolean {
    return this.#closed && this.#waiting.size === 0 && [...this.#working.values()].every((again) => !again);
  }

  #add(key: string, lane: Lane, now: number): void {
    if (this.#closed) return;
    const before = this.#working.get(key) ?? this.#waiting.get(key);
    if (before && !isHigher(lane, before.lane)) return;
    const entry = { lane, since: now, placed: now };
    if (this.#working.has(key)) this.#working.set(key, entry);
    else this.#place(key, entry);
  }

  #addAfter(key: string, lane: Lane, delay: number): void {
    if (this.#closed) return;
    const now = this.clock.monotonic();
    if (delay <= 0) {
      this.#add(key, lane, now);
      return;
    }
    const { due, lane: other } = this.#delayed.get(key) ?? { due: now + delay, lane };
    this.#delayed.set(key, { due: Math.min(due, now + delay), lane: isHigher(lane, other) ? lane : other });
  }

  #fallDue(key: string): void {
    const delayed = this.#delayed.get(key);
    if (!delayed || delayed.due > this.clock.monotonic()) return;
    this.#delayed.delete(key);
    this.#add(key, delayed.lane, delayed.due);
  }

  #place(key: string, entry: Waiting): void {
    this.#waiting.delete(key);
    if (this.#in(entry.lane, flowOf(key)).length === 0) this.#passed.delete(`${entry.lane} ${flowOf(key)}`);
    this.#waiting.set(key, entry);
  }

  #handedOut({ key, lane, waited }: Taken, only: 'urgent' | undefined): void {
    assert.ok(!this.#working.has(key), `${key} with two workers`);
    if (!this.#waiting.has(key)) this.#fallDue(key);
    const entry = this.#waiting.get(key);
    if (!entry) throw new Error(`${key} was handed out, and nobody had it coming`);
    assert.deepEqual([lane, waited], [entry.lane, this.clock.monotonic() - entry.since]);
    if (only) assert.equal(lane, only);
    for (const [other, { placed }] of this.#in(lane, flowOf(key))) {
      assert.ok(placed >= entry.placed, `${other} came before ${key}`);
    }
    this.#waiting.delete(key);
    this.#working.set(key, undefined);
    for (const flow of FLOWS) {
      const passed = this.#pass(`${lane} ${flow}`, flow !== flowOf(key) && this.#in(lane, flow).length > 0);
      assert.ok(passed < FLOWS.length, `${passed} before flow ${flow} in ${lane}`);
    }
    if (only) return;
    for (const each of LANES) {
      const passed = this.#pass(each, each !== lane && this.#in(each).length > 0);
      assert.ok(passed <= (each === 'urgent' ? 2 : PATIENCE + 1), `${passed} before ${each}`);
      this.mostPassed = Math.max(this.mostPassed, passed);
    }
  }

  #pass(what: string, waits: boolean): number {
    const passed = waits ? (this.#passed.get(what) ?? 0) + 1 : 0;
    this.#passed.set(what, passed);
    return passed;
  }

  #in(lane: Lane, flow?: string): [string, Waiting][] {
    return [...this.#waiting].filter(([key, entry]) => entry.lane === lane && (!flow || flowOf(key) === flow));
  }
}
