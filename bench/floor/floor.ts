import type { Contender } from '../contender.ts';
import type { KubernetesObject } from '../../src/runtime/object.ts';
import { inParallel } from '../world/in-parallel.ts';
import type { RawApi } from './raw-api.ts';
import { give, type Made, putOnRecord, takeBack } from './writes.ts';

/** As many at once as the operator's workers. */
const AT_ONCE = 16;

/**
 * What no operator can be faster than: the same writes in the same order, over the same kind of
 * connections, by somebody who is told what to do and when, and who checks, watches and remembers nothing.
 */
export class Floor implements Contender {
  readonly name = 'floor';
  readonly broken: Promise<never>;
  readonly #break: (error: unknown) => void;
  readonly #api: RawApi;
  readonly #made = new Map<string, Promise<Made>>();

  constructor(api: RawApi) {
    this.#api = api;
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => undefined); // whoever takes part hears of it
    [this.broken, this.#break] = [promise, reject];
  }

  asked(request: KubernetesObject): void {
    const made = give(this.#api, request);
    made.catch(this.#break);
    this.#made.set(request.metadata.uid ?? '', made);
  }

  over(uids: readonly string[], how: 'Expired' | 'Revoked'): void {
    this.#end(uids, how).catch(this.#break);
  }

  used() {
    return Promise.resolve({ calls: this.#api.calls });
  }

  /** All access goes before anything is put on record. */
  async #end(uids: readonly string[], how: 'Expired' | 'Revoked'): Promise<void> {
    await this.#each(uids, (made) => takeBack(this.#api, made));
    await this.#each(uids, (made) => putOnRecord(this.#api, made, how));
    for (const uid of uids) this.#made.delete(uid);
  }

  async #each(uids: readonly string[], work: (made: Made) => Promise<void>): Promise<void> {
    await inParallel(AT_ONCE, uids, async (uid) => {
      const made = await this.#made.get(uid);
      if (made) await work(made);
    });
  }
}
