import { addSeconds, formatTime, parseTime, type Time } from '../../api/time.ts';

/** What may lie between the API server's clock, which says when an object was made, and ours, in seconds. */
const MARGIN = 60;

/**
 * Which requests and reviews were made while admission could not be relied on: nobody held them to
 * the truth, so whom they name may be anyone, and putting the policies back does not change that
 * (promise P4). Of what was there before the first verdict that is known by what an earlier process
 * left: when it last proved that all was well, and whether anything is different since.
 */
export class Arrivals {
  /** Undefined where no earlier process left anything: all that it may have seen is believed. */
  readonly #doubtedSince: Time | undefined;
  /** When each was made that was there before the first verdict, by uid. */
  readonly #before = new Map<string, Time | undefined>();
  #verdict: 'none' | 'good' | 'bad' = 'none';
  /** By uid: since the last proof was begun, and since the one before. If all was well they are forgotten. */
  readonly #recent = new Set<string>();
  readonly #earlier = new Set<string>();
  readonly #unheld = new Set<string>();

  constructor(lastProof: Time | undefined) {
    this.#doubtedSince = lastProof && formatTime(addSeconds(parseTime(lastProof), -MARGIN));
  }

  /** One was seen for the first time. `made` is when the API server says it was made. */
  came(uid: string, made: Time | undefined): void {
    if (this.#verdict === 'none') this.#before.set(uid, made);
    else (this.#verdict === 'good' ? this.#recent : this.#unheld).add(uid);
  }

  gone(uid: string): void {
    for (const uids of [this.#before, this.#recent, this.#earlier, this.#unheld]) uids.delete(uid);
  }

  proofBegins(): void {
    for (const uid of this.#recent) this.#earlier.add(uid);
    this.#recent.clear();
  }

  /** The proof that was begun last shows that all was well until then; if `unchanged`, since an earlier process's too. */
  proven({ unchanged }: { unchanged: boolean }): void {
    this.#judgeBefore(unchanged);
    this.#verdict = 'good';
    this.#earlier.clear();
  }

  /** All was well when the last proof was begun; since when it is not, nobody knows. */
  disturbed(): void {
    this.#judgeBefore(false);
    this.#verdict = 'bad';
    this.proofBegins();
    for (const uid of this.#earlier) this.#unheld.add(uid);
    this.#earlier.clear();
  }

  #judgeBefore(held: boolean): void {
    const since = held ? undefined : this.#doubtedSince;
    for (const [uid, made] of this.#before) {
      if (since !== undefined && (made === undefined || made >= since)) this.#unheld.add(uid);
    }
    this.#before.clear();
  }

  /** Whether the request or review with this uid was held to the truth. */
  isHeld(uid: string): boolean {
    return !this.#unheld.has(uid);
  }
}
