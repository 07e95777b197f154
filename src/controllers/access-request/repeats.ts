import type { AccessReview } from '../../api/access-review.ts';
import { byAge } from '../../policy/standing.ts';

/** What changes with every login, and is about nobody. */
const CREDENTIAL = 'authentication.kubernetes.io/credential-id';

/** Reviews never change what they say, so each is spelled out once. */
const spelled = new WeakMap<AccessReview, string>();

/**
 * Of reviews that say the same, by whoever is the same in every respect that a policy or the API
 * server could go by, the oldest. Nothing hangs on the others: whatever counts, for or against,
 * counts by the first of them. So however many reviews one person writes, few are weighed (promise P2).
 */
export function firstOfEach(reviews: readonly AccessReview[]): AccessReview[] {
  const first = new Map<string, AccessReview>();
  for (const review of reviews) {
    const what = whatIsSaid(review);
    const known = first.get(what);
    if (!known || byAge(review, known) < 0) first.set(what, review);
  }
  return [...first.values()];
}

/** Equal for reviews of one request that say the same by the same. */
export function whatIsSaid(review: AccessReview): string {
  const known = spelled.get(review);
  if (known !== undefined) return known;
  const { request, decision, reviewer } = review.spec;
  const { [CREDENTIAL]: _, ...extra } = reviewer.extra ?? {};
  const { username, uid, groups } = reviewer;
  const said = JSON.stringify([review.metadata.namespace, request, decision, username, uid, groups, extra]);
  spelled.set(review, said);
  return said;
}
