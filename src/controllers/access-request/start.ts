import type { Approval } from '../../api/access-policy.ts';
import { toSeconds } from '../../api/duration.ts';
import type { AccessRequest } from '../../api/access-request.ts';
import { parseTime } from '../../api/time.ts';

/** How long a policy may be gone before that counts, in seconds: GitOps replaces objects by deleting and creating them. */
export const SETTLING = 30;

/**
 * How long a request waits for its reviews, in seconds, and how long an approval that cannot be
 * carried out stays good.
 */
export function patienceOf({ deadline, required }: Pick<Approval, 'deadline' | 'required'>): number {
  if (deadline !== undefined) return toSeconds(deadline);
  return required === undefined ? 3600 : 24 * 3600;
}

/** When access is to start: as asked, but not before it was approved. */
export function startOf({ spec, status, metadata }: AccessRequest): Date {
  const approved = parseTime(status.approvedAt ?? metadata.creationTimestamp ?? '');
  const wanted = spec.startTime === undefined ? approved : parseTime(spec.startTime);
  return wanted > approved ? wanted : approved;
}
