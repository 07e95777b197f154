import { type AccessRequest, hasEnded, needsAfterReview } from '../api/access-request.ts';
import type { Unreadable } from '../api/read.ts';

/**
 * What the store keeps of a request. Most of those that it holds have ended, and are there for whoever
 * asks the API server what happened: the operator need only know of them whose they were and when they
 * ended, to delete them one day, and their history, which is delivered as Events and which reviews that
 * come late are held against. How much somebody wrote into them takes no memory for as long as they are kept.
 *
 * One that somebody has to look at afterwards is kept whole.
 */
export function atRest(request: AccessRequest | Unreadable): AccessRequest | Unreadable {
  if ('unreadable' in request || !hasEnded(request) || needsAfterReview(request)) return request;
  const { metadata, spec, status } = request;
  const { username } = spec.requester;
  const { phase, endedAt, grantedAt, emergency, history } = status;
  return {
    metadata,
    spec: { requester: { username }, ...(spec.extends && { extends: spec.extends }) },
    status: {
      phase,
      ...(endedAt && { endedAt }),
      ...(grantedAt && { grantedAt }),
      ...(emergency && { emergency }),
      ...(history && { history }),
    },
  };
}
