import { hasEnded } from '../../../api/access-request.ts';
import type { AccessReview } from '../../../api/access-review.ts';
import { oneLine } from '../../../api/text.ts';
import { goOn } from '../../../runtime/step.ts';
import { endWith } from '../end.ts';
import { pinnedApproval, tallyOf } from '../reviews.ts';
import type { RequestStep } from '../snapshot.ts';

/**
 * A reviewer's Deny ends a request that has not been granted, and Revoke, by a reviewer or by whoever asked,
 * ends it at any time. Whose word counts is what the policy that decided says now.
 */
export const obeyReviews: RequestStep = (snapshot, now) => {
  const { request } = snapshot;
  if (hasEnded(request) || request.status.phase === undefined) return goOn;
  const { denial, revocation } = tallyOf(snapshot, pinnedApproval(snapshot) ?? {});
  if (revocation) {
    const reason = isOwn(revocation, request.spec.requester.username) ? 'RevokedByRequester' : 'RevokedByReviewer';
    const message = `revoked by ${authorOf(revocation)}`;
    return endWith(snapshot, now, { type: 'Revoked', reason, message, review: revocation });
  }
  if (!denial || request.status.phase === 'Active') return goOn;
  const message = `denied by ${authorOf(denial)}`;
  return endWith(snapshot, now, { type: 'Denied', reason: 'DeniedByReviewer', message, review: denial });
};

function authorOf({ spec: { reviewer, comment } }: AccessReview): string {
  return `${oneLine(reviewer.username)}${comment === undefined ? '' : `: ${comment}`}`;
}

function isOwn({ spec }: AccessReview, requester: string): boolean {
  return spec.reviewer.username === requester;
}
