/**
 * Which requests and reviews were made while admission could not be relied on: nobody held them to
 * the truth, so whom they name may be anyone, and putting the policies back does not change that
 * (promise P4). What was there before the first verdict is believed.
 */
export class Arrivals {
  #verdict: 'none' | 'good' | 'bad' = 'none';
  /** By uid: since the last proof was begun, and since the one before. If all was well they are forgotten. */
  readonly #recent = new Set<string>();
  readonly #earlier = new Set<string>();
  readonly #unheld = new Set<string>();

  came(uid: string): void {
    if (this.#verdict === 'none') return;
    (this.#verdict === 'good' ? this.#recent : this.#unheld).add(uid);
  }

  gone(uid: string): void {
    for (const uids of [this.#recent, this.#earlier, this.#unheld]) uids.delete(uid);
  }

  proofBegins(): void {
    for (const uid of this.#recent) this.#earlier.add(uid);
    this.#recent.clear();
  }

  /** The proof that was begun last shows that all was well until then. */
  proven(): void {
    this.#verdict = 'good';
    this.#earlier.clear();
  }

  /** All was well when the last proof was begun; since when it is not, nobody knows. */
  disturbed(): void {
    this.#verdict = 'bad';
    this.proofBegins();
    for (const uid of this.#earlier) this.#unheld.add(uid);
    this.#earlier.clear();
  }

  /** Whether the request or review with this uid was held to the truth. */
  isHeld(uid: string): boolean {
    return !this.#unheld.has(uid);
  }
}
