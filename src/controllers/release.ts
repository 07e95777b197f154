import { ACCESS_REQUESTS } from '../api/access-request.ts';
import { FINALIZER } from '../api/names.ts';
import { type Metadata, objectName } from '../api/read.ts';
import type { Write } from '../grant/plan.ts';

/** The write that lets a request go; undefined where nothing holds it. */
export function release(metadata: Metadata): Write | undefined {
  const { uid, resourceVersion, finalizers = [] } = metadata;
  if (!finalizers.includes(FINALIZER)) return undefined;
  return {
    verb: 'patch',
    resource: ACCESS_REQUESTS.resource,
    name: objectName(metadata),
    patch: { metadata: { uid, resourceVersion, finalizers: finalizers.filter((each) => each !== FINALIZER) } },
  };
}
