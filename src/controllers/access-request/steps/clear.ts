import { ACCESS_REQUESTS } from '../../../api/access-request.ts';
import { objectName } from '../../../api/read.ts';
import { goOn } from '../../../runtime/step.ts';
import { removal } from '../../removal.ts';
import type { RequestStep } from '../snapshot.ts';

/**
 * Nothing bears the name of a grant before that is approved. What does was planted, and gives access
 * that nobody decided on (promise P1). The watch of requests may lag behind that of bindings, so
 * the API server is asked first whether it still is not approved.
 */
export const clear: RequestStep = (snapshot) => {
  const { metadata, status } = snapshot.request;
  const planted = (status.phase ?? 'Pending') === 'Pending' ? removal(snapshot) : [];
  if (planted.length === 0) return goOn;
  const { resourceVersion } = metadata;
  const { resource } = ACCESS_REQUESTS;
  const writes = [
    { verb: 'confirmVersion' as const, resource, name: objectName(metadata), resourceVersion },
    ...planted,
  ];
  return { next: 'write', plan: { writes, then: 'normal' } };
};
