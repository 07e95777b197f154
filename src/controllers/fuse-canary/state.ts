import type { Job } from '../../api/kubernetes.ts';
import type { CanarySnapshot } from './canary.ts';

/** What this process remembers of its canary between two looks at the stores. */
export class CanaryState {
  #lit = false;
  #provenAt: Date | undefined;
  #seenAt: Date | undefined;
  #failedAt: Date | undefined;

  /** `provenAt`: when an earlier process saw one burn. */
  constructor(provenAt: Date | undefined) {
    this.#provenAt = provenAt;
  }

  get provenAt(): Date | undefined {
    return this.#provenAt;
  }

  get failedAt(): Date | undefined {
    return this.#failedAt;
  }

  lit(): void {
    this.#lit = true;
  }

  proven(now: Date): void {
    this.#lit = false;
    this.#provenAt = now;
    this.#seenAt = now;
    this.#failedAt = undefined;
  }

  failed(now: Date): void {
    this.#lit = false;
    this.#failedAt = now;
  }

  /** The state beside the canary's Jobs that are there now. */
  snapshot(jobs: readonly Job[]): CanarySnapshot {
    return { jobs, lit: this.#lit, provenAt: this.#provenAt, seenAt: this.#seenAt, failedAt: this.#failedAt };
  }
}
