import { isDeepStrictEqual } from 'node:util';
import { type AccessRequest, hasEnded, needsAfterReview, subjectOfRequest } from '../../api/access-request.ts';
import { isSameSubject } from '../../api/identity.ts';
import type { Unreadable } from '../../api/read.ts';
import { marksOf, type PersonClaim } from '../../policy/person.ts';
import type { Stores } from '../stores.ts';

/** The other emergencies of the same person, in any namespace. */
export function emergenciesOf({ requests }: Stores, request: AccessRequest, claim: PersonClaim): AccessRequest[] {
  if (request.spec.emergency !== true) return [];
  const found = marksOf(request.spec.requester, claim).flatMap((mark) => requests.list('emergency', mark));
  return readableAmong([...new Set(found)]).filter(({ metadata }) => metadata.uid !== request.metadata.uid);
}

/**
 * The series (serial-lanes.ts) of an emergency that is not granted yet: those of one person are
 * decided one after the other. Two at once could each be denied because of the other. So may two by
 * accounts that have the username in common and not what `claim` says: they are of two series. What
 * is granted is of none, so that its end waits for nothing.
 */
export function seriesOf(request: AccessRequest, claim: PersonClaim): string | undefined {
  const { spec, status } = request;
  if (spec.emergency !== true || status.phase === 'Active' || hasEnded(request)) return undefined;
  return marksOf(spec.requester, claim).at(-1);
}

/** What the request extends: by uid, in the same namespace, and by the same person for the same. */
export function predecessorOf({ requests }: Stores, request: AccessRequest): AccessRequest | undefined {
  const { extends: before } = request.spec;
  const found = before && requests.byUid(before.uid);
  if (!found || 'unreadable' in found || found.metadata.name !== before.name) return undefined;
  return isForTheSame(found, request) ? found : undefined;
}

/** The active request that extends this one. */
export function successorOf({ requests }: Stores, request: AccessRequest): AccessRequest | undefined {
  if (request.status.phase !== 'Active') return undefined;
  return readableAmong(requests.list('extends', request.metadata.uid)).find(
    (after) => after.status.phase === 'Active' && isForTheSame(request, after),
  );
}

function isForTheSame(a: AccessRequest, b: AccessRequest): boolean {
  const [subject, other] = [subjectOfRequest(a), subjectOfRequest(b)];
  return (
    a.metadata.namespace === b.metadata.namespace &&
    a.spec.requester.username === b.spec.requester.username &&
    isDeepStrictEqual([a.spec.roleRef, a.spec.permissions], [b.spec.roleRef, b.spec.permissions]) &&
    subject !== undefined &&
    other !== undefined &&
    isSameSubject(subject, other)
  );
}

function readableAmong(requests: readonly (AccessRequest | Unreadable)[]): AccessRequest[] {
  return requests.flatMap((each) => ('unreadable' in each ? [] : [each]));
}

/**
 * The other emergency of the same person that is in the way of this one: granted and unreviewed,
 * or about to be granted. Of two that wait at the same time the older goes first, so at most one
 * ever passes, in whatever order they are decided, and by whom: a leader before this one may have
 * begun with the other.
 */
export function emergencyInTheWay(
  request: AccessRequest,
  emergencies: readonly AccessRequest[],
): AccessRequest | undefined {
  const isDeciding = request.status.emergency === undefined;
  return emergencies.find((other) => {
    if (needsAfterReview(other)) return true;
    if (hasEnded(other)) return false;
    return (isDeciding && other.status.emergency !== undefined) || isOlder(other, request);
  });
}

function isOlder(a: AccessRequest, b: AccessRequest): boolean {
  const [first, second] = [a, b].map(({ metadata }) => `${metadata.creationTimestamp ?? ''} ${metadata.uid}`);
  return (first ?? '') < (second ?? '');
}
