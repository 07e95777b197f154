import type { Evidence } from '../../admission/verdict.ts';
import { formatTime } from '../../api/time.ts';
import type { Checkpoint } from '../../record/checkpoint.ts';
import type { Clock } from '../../runtime/clock.ts';
import { Arrivals } from './arrivals.ts';
import type { Proof } from './prove.ts';

/** How often a proof is made, in milliseconds. */
const INTERVAL = 60_000;
/** How soon again after one that failed, or showed nothing. */
const RETRY = 5_000;
/** How long the API server may take to put in force what was put right: it reads policies about once a second. */
const SETTLING = 5_000;
/** How long the first proof may take before it counts as missing: a start takes a moment. */
const START = 10_000;

type ProofOnRecord = Pick<Checkpoint, 'admission' | 'admissionProvenAt'>;

/** What this process remembers of the admission policies between two looks at the stores. */
export class GuardState {
  /** Of requests and reviews. */
  readonly arrivals: Arrivals;
  /** The last proof that all is well, by this process or an earlier one. */
  #lastProof: ProofOnRecord;
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #startedAt: number;
  #triedAt: number | undefined;
  #provenAt: number | undefined;
  #disturbedAt: number | undefined;
  #disproved: readonly string[] = [];
  #unanswered: string | undefined;

  constructor(clock: Pick<Clock, 'monotonic'>, { admission, admissionProvenAt }: ProofOnRecord) {
    this.#clock = clock;
    this.arrivals = new Arrivals(admissionProvenAt);
    this.#lastProof = { admission, admissionProvenAt };
    this.#startedAt = clock.monotonic();
  }

  /** Something was wrong, or is: whatever was proven before means nothing any more. */
  disturbed(): void {
    this.#disturbedAt = this.#clock.monotonic();
    this.#provenAt = undefined;
    this.arrivals.disturbed();
  }

  /** Takes in an attempt at a proof that was begun at this moment, by the one clock and the other. */
  tried({ faults, unanswered, fingerprint }: Proof, { begun, at }: { begun: number; at: Date }): void {
    this.#triedAt = this.#clock.monotonic();
    this.#unanswered = unanswered;
    if (faults.length > 0) {
      this.#disproved = faults;
      this.disturbed();
    } else if (unanswered === undefined && begun >= (this.#disturbedAt ?? begun)) {
      this.#disproved = [];
      this.#provenAt = begun;
      this.arrivals.proven({ unchanged: fingerprint === this.#lastProof.admission });
      this.#lastProof = { admission: fingerprint, admissionProvenAt: formatTime(at) };
    }
  }

  /** For whoever comes after this process. */
  get lastProof(): ProofOnRecord {
    return this.#lastProof;
  }

  /** How long until a proof is due, in milliseconds. */
  get dueIn(): number {
    const gap = this.#provenAt === undefined || this.#unanswered !== undefined ? RETRY : INTERVAL;
    const next = this.#triedAt === undefined ? 0 : this.#triedAt + gap;
    const settled = this.#disturbedAt === undefined ? 0 : this.#disturbedAt + SETTLING;
    return Math.max(next, settled) - this.#clock.monotonic();
  }

  /** All that is known, beside what the watches show. */
  evidence(watches: Pick<Evidence, 'watched' | 'faults'>): Evidence {
    const now = this.#clock.monotonic();
    return {
      ...watches,
      disproved: this.#disproved,
      unanswered: this.#unanswered,
      provenFor: this.#provenAt === undefined ? undefined : now - this.#provenAt,
      doubtful: this.#disturbedAt !== undefined || now >= this.#startedAt + START,
    };
  }
}
