import type { AccessRequest } from '../../api/access-request.ts';
import { addSeconds, parseTime } from '../../api/time.ts';

/** How long an approval that cannot be carried out stays good, in seconds. */
export const DEADLINE = 3600;

/** When access is to start: as asked, but not before it was approved. */
export function startOf({ spec, status, metadata }: AccessRequest): Date {
  const approved = parseTime(status.approvedAt ?? metadata.creationTimestamp ?? '');
  const wanted = spec.startTime === undefined ? approved : parseTime(spec.startTime);
  return wanted > approved ? wanted : approved;
}

/** Until when an obstacle to the grant may go away. */
export function deadlineOf(request: AccessRequest): Date {
  return addSeconds(startOf(request), DEADLINE);
}
