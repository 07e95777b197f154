import type { Clock, Timer } from './clock.ts';

interface Pending {
  readonly due: number;
  readonly order: number;
  readonly callback: () => void;
}

/** A clock that stands still until a test moves it. For tests alone. */
export class TestClock implements Clock {
  readonly #pending = new Set<Pending>();
  #wall: number;
  #monotonic = 0;
  #order = 0;

  constructor(start = '2026-12-01T09:00:00Z') {
    this.#wall = Date.parse(start);
  }

  now(): Date {
    return new Date(this.#wall);
  }

  monotonic(): number {
    return this.#monotonic;
  }

  timer(delay: number, callback: () => void): Timer {
    const pending = { due: this.#monotonic + Math.max(delay, 0), order: this.#order++, callback };
    this.#pending.add(pending);
    return { cancel: () => void this.#pending.delete(pending) };
  }

  async turn(): Promise<void> {
    await settle();
    this.#fireDue();
  }

  /** Lets work take this long: time passes, and nothing that falls due is heard before the next turn. */
  spend(ms: number): void {
    this.#moveTo(this.#monotonic + ms);
  }

  /** How many timers are set. */
  get timers(): number {
    return this.#pending.size;
  }

  /** How far off the next timer is, in milliseconds; undefined where none is set. */
  get nextTimer(): number | undefined {
    const next = this.#next();
    return next && next.due - this.#monotonic;
  }

  /**
   * Lets time pass, and fires what falls due in order, each at its own moment. Whatever a timer
   * sets off in memory is over before the next one fires.
   */
  async advance(ms: number): Promise<void> {
    const end = this.#monotonic + ms;
    await settle();
    for (let next = this.#next(); next && next.due <= end; next = this.#next()) {
      this.#moveTo(next.due);
      this.#pending.delete(next);
      next.callback();
      await settle();
    }
    this.#moveTo(end);
  }

  /** Moves the wall clock alone, as an administrator or a resumed machine would. */
  step(ms: number): void {
    this.#wall += ms;
  }

  #fireDue(): void {
    for (let next = this.#next(); next && next.due <= this.#monotonic; next = this.#next()) {
      this.#pending.delete(next);
      next.callback();
    }
  }

  /** Work may have taken so long that it is later already. */
  #moveTo(monotonic: number): void {
    const passed = Math.max(monotonic - this.#monotonic, 0);
    this.#wall += passed;
    this.#monotonic += passed;
  }

  #next(): Pending | undefined {
    let next: Pending | undefined;
    for (const pending of this.#pending) {
      if (!next || pending.due < next.due || (pending.due === next.due && pending.order < next.order)) next = pending;
    }
    return next;
  }
}

/** Resolves once all that can happen without time passing has happened: every microtask has run. */
export function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
