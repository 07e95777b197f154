import { type Job, JOBS, ROLE_BINDINGS, type RoleBinding, ROLES } from '../api/kubernetes.ts';
import { type Metadata, objectName } from '../api/read.ts';
import type { Write } from '../grant/plan.ts';
import type { Role } from '../rbac/rules.ts';
import { canBeDeleted, type Resource } from '../runtime/object.ts';

/** What makes up a grant, as far as it is there. */
export interface Parts {
  readonly binding: RoleBinding | undefined;
  /** The Role of a request by permission. */
  readonly ownRole: Role | undefined;
  readonly fuse: Job | undefined;
}

/** The write that ends access, and nothing else: where many end at once, all bindings go before anything is put on record. */
export function endOfAccess({ metadata }: RoleBinding): Write[] {
  return deletion(ROLE_BINDINGS, metadata);
}

/** The writes that take back whatever of a grant exists: the binding first, since it alone gives access. */
export function removal({ binding, ownRole, fuse }: Parts): Write[] {
  return [
    ...(binding ? endOfAccess(binding) : []),
    ...deletion(ROLES, ownRole?.metadata),
    ...deletion(JOBS, fuse?.metadata),
  ];
}

function deletion(resource: Resource, metadata: Metadata | undefined): Write[] {
  if (!metadata || !canBeDeleted(metadata)) return [];
  return [{ verb: 'delete', resource, name: objectName(metadata), uid: metadata.uid }];
}
