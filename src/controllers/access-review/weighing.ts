import type { AccessReview } from '../../api/access-review.ts';
import type { Unreadable } from '../../api/read.ts';
import { Controller } from '../../runtime/controller.ts';
import { keyOf } from '../../runtime/object.ts';
import { requestSnapshot, type RequestView } from '../access-request/controller.ts';
import type { Snapshot } from '../access-request/snapshot.ts';
import type { Surroundings } from '../context.ts';
import { isSame, standingsFor, type Told } from './standing.ts';

/** What is to be told about each review, by its uid: as of when it was last weighed. */
export class Notices {
  readonly #told = new Map<string, Told>();

  get({ metadata }: AccessReview): Told | undefined {
    return this.#told.get(metadata.uid);
  }

  /** True if that is news: its author has not been told, and nobody is about to tell. */
  put(review: AccessReview, told: Told | undefined): boolean {
    const { uid } = review.metadata;
    const known = this.#told.get(uid);
    if (!told) {
      this.#told.delete(uid);
      return false;
    }
    this.#told.set(uid, told);
    return !isSame(review.status, told) && !(known && isSame(known, told));
  }

  /** The review is gone. */
  forget(uid: string): void {
    this.#told.delete(uid);
  }
}

interface Seen {
  /** All that name the uid of the request. */
  readonly reviews: readonly AccessReview[];
  /** Undefined when there is none. */
  readonly request: Snapshot | undefined;
}

/**
 * Weighs all reviews of a request at once, whenever something about it or them changes; keys are
 * the uids of the requests that reviews name. One weighing for each would be quadratic, and the
 * reviews of one request are as many as somebody likes to write.
 */
export function weighingController({
  clock,
  random,
  log,
  metrics,
  health,
  notices,
  onNews,
  ...view
}: RequestView &
  Surroundings & {
    readonly notices: Notices;
    /** Called with the key of each review whose author is to be told something new. */
    readonly onNews: (key: string) => void;
  }): Controller<Seen, Seen> {
  const { stores } = view;
  return new Controller<Seen, Seen>({
    name: 'review-weighing',
    workers: 1,
    clock,
    random,
    log,
    metrics,
    health,
    snapshot: (uid) => {
      const reviews = stores.reviews.list('request', uid).filter(isThere);
      if (reviews.length === 0) return undefined;
      const request = stores.requests.byUid(uid);
      return { reviews, request: request && requestSnapshot(view, keyOf(request.metadata)) };
    },
    steps: [(seen) => ({ next: 'write', plan: seen })],
    apply: async ({ reviews, request }) => {
      const standingOf = standingsFor(request);
      for (const review of reviews) {
        if (notices.put(review, standingOf(review))) onNews(keyOf(review.metadata));
      }
      return undefined;
    },
  });
}

function isThere(review: AccessReview | Unreadable): review is AccessReview {
  return !('unreadable' in review) && review.metadata.deletionTimestamp === undefined;
}
