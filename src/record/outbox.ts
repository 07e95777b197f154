import type { AccessRequest } from '../api/access-request.ts';
import type { HistoryEntry } from '../api/history.ts';
import type { Time } from '../api/time.ts';
import type { Clock } from '../runtime/clock.ts';

/** One history entry on its way out; its identity is `<request uid>/<sequence>`. */
export interface Delivery {
  readonly request: { readonly namespace: string; readonly name: string; readonly uid: string };
  readonly entry: HistoryEntry;
}

interface Waiting extends Delivery {
  /** When it was taken in. */
  readonly since: Date;
}

/**
 * What has been written into histories and not been delivered yet, in order per request. It keeps
 * its own copy, so that what a deleted request still had to say is not lost with it.
 */
export class Outbox {
  readonly #since: Time;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #pending = new Map<string, Waiting[]>();
  /** The last sequence seen of each request that exists. */
  readonly #seen = new Map<string, number>();
  #newestDelivered: Time | undefined;

  /** Entries before `since` are taken for delivered. */
  constructor(since: Time, clock: Pick<Clock, 'now'>) {
    this.#since = since;
    this.#clock = clock;
  }

  /** Takes in what is new in a request's history. True if there is something to deliver. */
  observe({ metadata, status }: AccessRequest): boolean {
    const { namespace, name, uid } = metadata;
    const history = status.history ?? [];
    const seen = this.#seen.get(uid) ?? 0;
    const fresh = history.filter(({ sequence, time }) => sequence > seen && time >= this.#since);
    this.#seen.set(uid, Math.max(seen, history.at(-1)?.sequence ?? 0));
    if (fresh.length === 0) return false;
    const now = this.#clock.now();
    const deliveries = fresh.map((entry) => ({ request: { namespace, name, uid }, entry, since: now }));
    this.#pending.set(uid, [...(this.#pending.get(uid) ?? []), ...deliveries]);
    return true;
  }

  /** The request is gone; what it left behind is still delivered. */
  forget(uid: string): void {
    this.#seen.delete(uid);
  }

  /** The next entry of a request, until it is {@link delivered}. */
  next(uid: string): Delivery | undefined {
    return this.#pending.get(uid)?.[0];
  }

  /** When the newest of the entries that are left of a request was taken in; undefined where none is. */
  waitingSince(uid: string): Date | undefined {
    return this.#pending.get(uid)?.at(-1)?.since;
  }

  /** The next entry of this request has arrived. */
  delivered(uid: string): void {
    const [first, ...rest] = this.#pending.get(uid) ?? [];
    if (rest.length > 0) this.#pending.set(uid, rest);
    else this.#pending.delete(uid);
    if (first && first.entry.time > (this.#newestDelivered ?? '')) this.#newestDelivered = first.entry.time;
  }

  /** Everything before this moment has been delivered; undefined while nothing was. */
  watermark(): Time | undefined {
    let oldest = this.#newestDelivered;
    for (const [first] of this.#pending.values()) {
      if (first && oldest !== undefined && first.entry.time < oldest) oldest = first.entry.time;
    }
    return oldest;
  }
}
