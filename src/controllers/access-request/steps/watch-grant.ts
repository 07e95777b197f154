import { JOBS, ROLE_BINDINGS, ROLES } from '../../../api/kubernetes.ts';
import { managedName } from '../../../api/names.ts';
import { bindingDrift, fuseDrift, roleDrift } from '../../../grant/drift.ts';
import { bindingFor, fuseFor, roleFor } from '../../../grant/objects.ts';
import type { Write } from '../../../grant/plan.ts';
import type { Terms } from '../../../grant/terms.ts';
import { uidHash } from '../../../grant/uid-hash.ts';
import { ruleOf } from '../../../rbac/rules.ts';
import { goOn } from '../../../runtime/step.ts';
import { removal } from '../../removal.ts';
import { endedStatus, type Ending } from '../end.ts';
import type { RequestStep, Snapshot } from '../snapshot.ts';

/**
 * What was granted must be what is there: the role's rules, the binding, the fuse. Any difference
 * ends the grant (promise P3); nothing is ever mended, so deleting a binding is always a revocation.
 */
export const watchGrant: RequestStep = (snapshot, now) => {
  const { request } = snapshot;
  if (request.status.phase !== 'Active') return goOn;
  const found = findRoleDrift(snapshot) ?? objectDrift(snapshot);
  if (!found) return goOn;
  const { absent, ...ending } = found;
  const name = { namespace: request.metadata.namespace, name: managedName(request.metadata.uid) };
  // A watch may lag behind what another operator made a moment ago: absence is confirmed first. What lost its label
  // is not ours to delete any more: the binding goes with the fuse, which owns it, and the fuse burns.
  const confirmations: Write[] = absent ? [{ verb: 'confirmAbsent', resource: absent, name, managed: true }] : [];
  const writes = [...confirmations, ...removal(snapshot), endedStatus(snapshot, now, ending)];
  return { next: 'write', plan: { writes, then: 'normal' } };
};

interface Drift extends Ending {
  readonly absent?: typeof JOBS;
}

function findRoleDrift(snapshot: Snapshot): Drift | undefined {
  const { request, role, ownRole } = snapshot;
  const pinned = request.status.role;
  const found = request.spec.permissions ? ownRole : role;
  const isSame = pinned && found?.metadata.uid === pinned.uid && found.rulesHash === pinned.rulesHash;
  const change = isSame ? ownRoleDrift(snapshot) : found ? 'was changed' : 'was deleted';
  if (change === undefined) return undefined;
  const what = request.spec.roleRef ? `ClusterRole ${request.spec.roleRef.name}` : 'the Role of this grant';
  const absent = found || !request.spec.permissions ? {} : { absent: ROLES };
  return { type: 'Revoked', reason: 'RoleChanged', message: `${what} ${change} during the grant`, ...absent };
}

/** What else must be as it was planned about a Role that is ours. */
function ownRoleDrift({ request, ownRole, fuse }: Snapshot): string | undefined {
  const { permissions } = request.spec;
  const { grantedAt, expiresAt, duration } = request.status;
  if (!permissions || !ownRole || !fuse || !grantedAt || !expiresAt || !duration) return undefined;
  const planned = roleFor(request, { grantedAt, expiresAt, duration }, fuse.metadata);
  const field = ownRole.metadata.deletionTimestamp ? 'metadata' : roleDrift(ownRole, permissions.map(ruleOf), planned);
  return field === undefined ? undefined : `was changed (${field})`;
}

function objectDrift({ request, binding, fuse }: Snapshot): Drift | undefined {
  const { grantedAt, expiresAt, duration, grant } = request.status;
  if (!binding) {
    return { type: 'Revoked', reason: 'BindingDeleted', message: 'the binding was deleted', absent: ROLE_BINDINGS };
  }
  if (binding.metadata.deletionTimestamp !== undefined) {
    return { type: 'Revoked', reason: 'BindingDeleted', message: 'the binding is being deleted' };
  }
  if (!fuse) return { type: 'Revoked', reason: 'FuseChanged', message: 'the fuse was deleted', absent: JOBS };
  if (grantedAt === undefined || expiresAt === undefined || duration === undefined) {
    return { type: 'Revoked', reason: 'BindingChanged', message: 'the status no longer says until when' };
  }
  const terms: Terms = { grantedAt, expiresAt, duration };
  const uid = uidHash(binding.metadata.uid) === grant?.bindingHash ? undefined : 'metadata.uid';
  const field = uid ?? bindingDrift(binding, bindingFor(request, terms, fuse.metadata));
  if (field !== undefined)
    return { type: 'Revoked', reason: 'BindingChanged', message: `the binding was changed: ${field}` };
  const fuseField =
    fuse.metadata.uid !== grant?.fuseUid || fuse.metadata.deletionTimestamp
      ? 'metadata'
      : fuseDrift(fuse, fuseFor(request, terms));
  if (fuseField === undefined) return undefined;
  return { type: 'Revoked', reason: 'FuseChanged', message: `the fuse was changed: ${fuseField}` };
}
