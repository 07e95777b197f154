import type { Approval } from '../../api/access-policy.ts';
import { type AccessRequestStatus, subjectOfRequest } from '../../api/access-request.ts';
import type { AccessReview } from '../../api/access-review.ts';
import type { HistoryEntry } from '../../api/history.ts';
import { oneLine } from '../../api/text.ts';
import type { Ballot } from '../../policy/standing.ts';
import { type Tally, tally } from '../../policy/tally.ts';
import type { Snapshot } from './snapshot.ts';

/** The reviews of a request weighed against what a policy asks for. */
export function tallyOf(snapshot: Snapshot, approval: Approval): Tally {
  return tally(approval, ballotOf(snapshot));
}

/** The reviews of a request, with what it takes to weigh them. */
export function ballotOf({ request, reviews, claim, couldActAs }: Snapshot): Ballot {
  return { requester: request.spec.requester, subject: subjectOfRequest(request), reviews, claim, couldActAs };
}

/** What the policy that decided asks for, as it is now; undefined where it is gone or makes no sense. */
export function pinnedApproval({ request, policies }: Snapshot): Approval | undefined {
  const policy = policies.find(({ metadata }) => metadata.uid === request.status.policy?.uid);
  return policy && !('unreadable' in policy) ? policy.spec.approval : undefined;
}

/**
 * The same for a review afterwards, for which there may be a long time: where GitOps has replaced
 * the policy meanwhile, the one that bears its name now. It only says who may look at what is over.
 */
export function lastingApproval(snapshot: Snapshot): Approval | undefined {
  const pinned = pinnedApproval(snapshot);
  if (pinned) return pinned;
  const { request, policies } = snapshot;
  const policy = policies.find(({ metadata }) => metadata.name === request.status.policy?.name);
  return policy && !('unreadable' in policy) ? policy.spec.approval : undefined;
}

type Reviews = NonNullable<AccessRequestStatus['reviews']>;

/** Who has agreed so far, for the status. */
export function reviewsOf({ required, approvals }: Tally): Reviews {
  return { required, approvedBy: approvals.map(({ spec }) => oneLine(spec.reviewer.username)) };
}

/** Whether the status says already who has agreed. */
export function showsReviews({ request }: Snapshot, { required, approvedBy }: Reviews): boolean {
  const shown = request.status.reviews;
  return shown?.required === required && JSON.stringify(shown.approvedBy) === JSON.stringify(approvedBy);
}

type Entry = Omit<HistoryEntry, 'sequence' | 'time'>;

/** One review, for the record. */
export function reviewedEntry({ spec: { decision, reviewer, comment } }: AccessReview): Entry {
  const actor = oneLine(reviewer.username);
  const message = `${decision} by ${actor}${comment === undefined ? '' : `: ${comment}`}`;
  return { type: 'Reviewed', reason: decision, actor, message };
}

/** What has changed about the approvals since the status was last written, for the record. */
export function approvalEntries({ request }: Snapshot, { approvals }: Tally): Entry[] {
  const before = request.status.reviews?.approvedBy ?? [];
  const now = approvals.map(({ spec }) => oneLine(spec.reviewer.username));
  const given = approvals.filter(({ spec }) => !before.includes(oneLine(spec.reviewer.username)));
  const gone = before.filter((username) => !now.includes(username));
  return [
    ...gone.map((actor): Entry => {
      return { type: 'Reviewed', reason: 'Withdrawn', actor, message: `the approval of ${actor} no longer counts` };
    }),
    ...given.map(reviewedEntry),
  ];
}
