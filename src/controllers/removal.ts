import { type Job, JOBS, ROLE_BINDINGS, type RoleBinding } from '../api/kubernetes.ts';
import type { Metadata } from '../api/read.ts';
import type { Write } from '../grant/plan.ts';

/** The writes that take back whatever of a grant exists: the binding first, since it alone gives access. */
export function removal({ binding, fuse }: { binding: RoleBinding | undefined; fuse: Job | undefined }): Write[] {
  return [
    ...(binding ? [deletion(ROLE_BINDINGS, binding.metadata)] : []),
    ...(fuse ? [deletion(JOBS, fuse.metadata)] : []),
  ];
}

function deletion(resource: typeof JOBS, { namespace, name, uid }: Metadata): Write {
  return { verb: 'delete', resource, name: namespace === undefined ? { name } : { namespace, name }, uid };
}
