import { type AccessRequestStatus, describeAccess } from '../../../api/access-request.ts';
import { toSeconds } from '../../../api/duration.ts';
import { addSeconds, formatTime, parseTime, type Time } from '../../../api/time.ts';
import { bindingDrift, fuseDrift, roleDrift } from '../../../grant/drift.ts';
import { bindingFor, fuseFor, roleFor } from '../../../grant/objects.ts';
import { termsFrom } from '../../../grant/terms.ts';
import { uidHash } from '../../../grant/uid-hash.ts';
import { ANNOTATION } from '../../../api/names.ts';
import { ruleOf } from '../../../rbac/rules.ts';
import { goOn } from '../../../runtime/step.ts';
import { removal } from '../../removal.ts';
import { endWith } from '../end.ts';
import type { RequestStep, Snapshot } from '../snapshot.ts';
import { startOf } from '../start.ts';
import { OPERATOR, pinOf, statusWrite } from '../status.ts';

/**
 * A binding that exists is put on record before anything else is asked: access that somebody had
 * must show in the history, even if the operator died right after giving it. Its own annotations
 * say since when; a binding that is not what would have been planned is not ours.
 */
export const adopt: RequestStep = (snapshot, now) => {
  const { request, binding, ownRole, fuse } = snapshot;
  const { phase, duration } = request.status;
  if (phase !== 'Approved' || !binding || !duration) return goOn;
  const grantedAt = binding.metadata.annotations?.[ANNOTATION.grantedAt] ?? '';
  const drift = findDrift(snapshot);
  if (drift !== undefined || !fuse) {
    const message = `${binding.metadata.name} exists already and is not this grant: ${drift ?? 'it has no fuse'}`;
    return endWith(snapshot, now, { type: 'Failed', reason: 'NameTaken', message });
  }
  const terms = termsFrom(parseTime(grantedAt), duration);
  const message = `${describeAccess(request)} until ${terms.expiresAt}`;
  const granted = request.status.emergency ? 'EmergencyGranted' : 'Granted';
  const isOver = now >= parseTime(terms.expiresAt) || request.metadata.deletionTimestamp !== undefined;
  return {
    next: 'write',
    plan: {
      writes: [
        // What is over goes first. The fuse before the binding: a crash in between must not look like one that never gave access.
        ...(isOver ? removal(snapshot).toReversed() : []),
        statusWrite(request, now, {
          fields: {
            phase: 'Active',
            grantedAt: terms.grantedAt,
            expiresAt: terms.expiresAt,
            grant: {
              bindingHash: uidHash(binding.metadata.uid),
              fuseUid: fuse.metadata.uid,
              ...(ownRole ? { roleUid: ownRole.metadata.uid } : {}),
            },
            ...(ownRole ? { role: pinOf(ownRole) } : {}),
            ...reviewedBy(snapshot, terms.grantedAt),
          },
          conditions: [
            { type: 'Active', status: 'True', reason: 'Granted', message },
            fuse.complete
              ? {
                  type: 'FuseArmed',
                  status: 'True',
                  reason: 'Armed',
                  message: 'Kubernetes will end the grant by itself',
                }
              : {
                  type: 'FuseArmed',
                  status: 'False',
                  reason: 'Queued',
                  message: 'the Job controller has not armed the fuse yet',
                },
          ],
          entries: [{ type: granted, reason: granted, actor: OPERATOR, message }],
        }),
      ],
      then: 'urgent', // to set the timer of its end
    },
  };
};

function findDrift({ request, binding, ownRole, fuse }: Snapshot): string | undefined {
  const { duration } = request.status;
  const grantedAt = Date.parse(binding?.metadata.annotations?.[ANNOTATION.grantedAt] ?? '');
  if (!binding || !duration || Number.isNaN(grantedAt)) return 'metadata.annotations';
  const terms = termsFrom(new Date(grantedAt), duration);
  // Nothing is given before it is to start. Terms are in whole seconds.
  if (terms.grantedAt < formatTime(startOf(request))) return `metadata.annotations.${ANNOTATION.grantedAt}`;
  if (!fuse) return 'metadata.ownerReferences';
  const { permissions } = request.spec;
  if (permissions && !ownRole) return 'roleRef';
  const rules =
    permissions && ownRole && roleDrift(ownRole, permissions.map(ruleOf), roleFor(request, terms, fuse.metadata));
  const rest =
    bindingDrift(binding, bindingFor(request, terms, fuse.metadata)) ?? fuseDrift(fuse, fuseFor(request, terms));
  return rules ?? rest;
}

/** By when an emergency is to be looked at counts from when there was access; without its policy it stays as it was. */
function reviewedBy({ request, policies }: Snapshot, grantedAt: Time): Pick<AccessRequestStatus, 'emergency'> {
  const { emergency, policy: pinned } = request.status;
  const policy = policies.find(({ metadata }) => metadata.uid === pinned?.uid);
  const limits = policy && !('unreadable' in policy) ? policy.spec.emergency : undefined;
  if (!emergency || !limits) return {};
  const reviewBy = formatTime(addSeconds(parseTime(grantedAt), toSeconds(limits.reviewWithin)));
  return { emergency: { ...emergency, reviewBy } };
}
