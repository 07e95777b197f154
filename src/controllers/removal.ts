import { type Job, JOBS, ROLE_BINDINGS, type RoleBinding } from '../api/kubernetes.ts';
import { type Metadata, objectName } from '../api/read.ts';
import type { Write } from '../grant/plan.ts';
import type { Resource } from '../runtime/object.ts';

/** The writes that take back whatever of a grant exists: the binding first, since it alone gives access. */
export function removal({ binding, fuse }: { binding: RoleBinding | undefined; fuse: Job | undefined }): Write[] {
  return [...deletion(ROLE_BINDINGS, binding?.metadata), ...deletion(JOBS, fuse?.metadata)];
}

/** What is being deleted already, and held by a finalizer for a moment, goes no sooner for being deleted again. */
function deletion(resource: Resource, metadata: Metadata | undefined): Write[] {
  if (!metadata || metadata.deletionTimestamp !== undefined) return [];
  return [{ verb: 'delete', resource, name: objectName(metadata), uid: metadata.uid }];
}
