import { ACCESS_REQUESTS, type AccessRequest } from '../../api/access-request.ts';
import { ANNOTATION, requestUidOf } from '../../api/names.ts';
import type { Metadata, Unreadable } from '../../api/read.ts';
import type { Confirmation, Plan } from '../../grant/plan.ts';
import { goOn, type Step } from '../../runtime/step.ts';
import { release } from '../release.ts';
import { type Parts, removal } from '../removal.ts';

/** A managed name in one namespace: what bears it, and the request it belongs to. */
export interface ManagedSnapshot extends Parts {
  /** Found by the uid in the name; undefined when there is none. */
  readonly request: AccessRequest | Unreadable | undefined;
}

/**
 * Every managed object belongs to a request that can be read. One whose request is gone or makes
 * no sense is removed at once: its annotations alone are no reason for anybody's access (promise P1).
 */
const removeOrphan: Step<ManagedSnapshot, Plan> = ({ request, ...parts }) => {
  const found = parts.binding ?? parts.ownRole ?? parts.fuse;
  if (!found || (request && !('unreadable' in request))) return goOn;
  // The watch of requests may lag behind that of bindings.
  const confirmations: Confirmation[] = request ? [] : [absence(found)];
  return { next: 'write', plan: { writes: [...confirmations, ...removal(parts)], then: 'normal' } };
};

/** A request that cannot be read has no grant any more, so nothing need hold it when it is deleted. */
const letUnreadableGo: Step<ManagedSnapshot, Plan> = ({ request }) => {
  if (!request || !('unreadable' in request) || request.metadata.deletionTimestamp === undefined) return goOn;
  const letGo = release(request.metadata);
  return letGo ? { next: 'write', plan: { writes: [letGo], then: 'low' } } : goOn;
};

function absence({ metadata }: { metadata: Metadata }): Confirmation {
  const name = metadata.annotations?.[ANNOTATION.request] ?? metadata.name;
  const { namespace = '' } = metadata;
  const uid = requestUidOf(metadata);
  return { verb: 'confirmAbsent', resource: ACCESS_REQUESTS.resource, name: { namespace, name }, uid };
}

export const managedSteps: readonly Step<ManagedSnapshot, Plan>[] = [removeOrphan, letUnreadableGo];
