import type { AccessRequest } from '../api/access-request.ts';
import type { HistoryEntry } from '../api/history.ts';
import type { Time } from '../api/time.ts';

/** One history entry on its way out; its identity is `<request uid>/<sequence>`. */
export interface Delivery {
  readonly request: { readonly namespace: string; readonly name: string; readonly uid: string };
  readonly entry: HistoryEntry;
}

/**
 * What has been written into histories and not been delivered yet, in order per request. It keeps
 * its own copy, so that what a deleted request still had to say is not lost with it.
 */
export class Outbox {
  readonly #since: Time;
  readonly #pending = new Map<string, Delivery[]>();
  /** The last sequence seen of each request that exists. */
  readonly #seen = new Map<string, number>();
  #newestDelivered: Time | undefined;

  /** Entries before `since` are taken for delivered. */
  constructor(since: Time) {
    this.#since = since;
  }

  /** Takes in what is new in a request's history. True if there is something to deliver. */
  observe({ metadata, status }: AccessRequest): boolean {
    const { namespace, name, uid } = metadata;
    const history = status.history ?? [];
    const seen = this.#seen.get(uid) ?? 0;
    const fresh = history.filter(({ sequence, time }) => sequence > seen && time >= this.#since);
    this.#seen.set(uid, Math.max(seen, history.at(-1)?.sequence ?? 0));
    if (fresh.length === 0) return false;
    const deliveries = fresh.map((entry) => ({ request: { namespace, name, uid }, entry }));
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
