import { ACCESS_REQUESTS } from '../api/access-request.ts';
import { FINALIZER } from '../api/names.ts';
import type { Metadata } from '../api/read.ts';
import type { Write } from '../grant/plan.ts';

/** The write that lets a request go; undefined where nothing holds it. */
export function release({ namespace, name, uid, resourceVersion, finalizers = [] }: Metadata): Write | undefined {
  if (!finalizers.includes(FINALIZER)) return undefined;
  return {
    verb: 'patch',
    resource: ACCESS_REQUESTS.resource,
    name: namespace === undefined ? { name } : { namespace, name },
    patch: { metadata: { uid, resourceVersion, finalizers: finalizers.filter((each) => each !== FINALIZER) } },
  };
}
