import { ACCESS_REQUESTS } from '../../api/access-request.ts';
import type { Duration } from '../../api/duration.ts';
import { JOBS, ROLE_BINDINGS, ROLES } from '../../api/kubernetes.ts';
import { ANNOTATION, FINALIZER, managedName } from '../../api/names.ts';
import { objectName, storedMetadata } from '../../api/read.ts';
import { clip, oneLine } from '../../api/text.ts';
import { bindingFor, fuseFor, roleFor } from '../../grant/objects.ts';
import type { Plan, Write } from '../../grant/plan.ts';
import { termsFrom } from '../../grant/terms.ts';
import type { ApiError } from '../../runtime/errors.ts';
import type { KubernetesObject } from '../../runtime/object.ts';
import { removal } from '../removal.ts';
import { type Ending, endedStatus } from './end.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * The writes that give access, in the one order that is safe at every crash: the fuse, so that the
 * end is armed; the finalizer, so that the request cannot vanish, and with it the mark that a
 * binding may exist from here on; the Role, where there is one; the binding, last.
 */
export function armPlan(snapshot: Snapshot, now: Date, duration: Duration): Plan {
  const { request } = snapshot;
  const { metadata } = request;
  const terms = termsFrom(now, duration);
  const finalizers = [...(metadata.finalizers ?? []).filter((each) => each !== FINALIZER), FINALIZER];
  const { uid, resourceVersion } = metadata;
  return {
    writes: [
      { verb: 'create', resource: JOBS, object: () => fuseFor(request, terms) },
      {
        verb: 'patch',
        resource: ACCESS_REQUESTS.resource,
        name: objectName(metadata),
        patch: {
          metadata: { uid, resourceVersion, finalizers, annotations: { [ANNOTATION.grantedAt]: terms.grantedAt } },
        },
      },
      ...(request.spec.permissions
        ? ([
            { verb: 'create', resource: ROLES, object: (written) => roleFor(request, terms, firstOf(written)) },
          ] as const satisfies Write[])
        : []),
      { verb: 'create', resource: ROLE_BINDINGS, object: (written) => bindingFor(request, terms, firstOf(written)) },
    ],
    then: 'urgent', // its end is timed once it is on record, so that goes ahead of further grants (promise P2)
    refused: (error, written) => refusedPlan(snapshot, now, error, written),
  };
}

/**
 * The way back from what a crash left: a fuse whose binding does not exist. The mark goes before
 * the fuse, so that a mark without a fuse always means that somebody else removed the grant.
 */
export function disarmPlan(snapshot: Snapshot): Plan {
  const { metadata } = snapshot.request;
  const { namespace, uid, resourceVersion } = metadata;
  return {
    writes: [
      { verb: 'confirmAbsent', resource: ROLE_BINDINGS, name: { namespace, name: managedName(uid) } },
      {
        verb: 'patch',
        resource: ACCESS_REQUESTS.resource,
        name: objectName(metadata),
        patch: { metadata: { uid, resourceVersion, annotations: { [ANNOTATION.grantedAt]: null } } },
      },
      ...removal(snapshot),
    ],
    then: 'normal',
  };
}

/** What the API server refuses for good fails the request; the fuse goes when it has ended. */
function refusedPlan(snapshot: Snapshot, now: Date, error: ApiError, written: readonly KubernetesObject[]): Plan {
  const { request } = snapshot;
  const patched = written.find(({ metadata }) => metadata.uid === request.metadata.uid);
  const metadata = patched
    ? { ...request.metadata, resourceVersion: storedMetadata(patched.metadata).resourceVersion }
    : request.metadata;
  return {
    writes: [endedStatus({ ...snapshot, request: { ...request, metadata } }, now, failure(error))],
    then: 'normal',
  };
}

/** The first line of what the API server says: further ones would tell the asker what is in the role. */
function failure({ reason, message }: ApiError): Ending {
  const [said = ''] = message.split('\n');
  const text = `the API server refuses the grant: ${oneLine(clip(said, 512))}`;
  if (reason === 'AlreadyExists') return { type: 'Failed', reason: 'NameTaken', message: text };
  return { type: 'Failed', reason: reason === 'Invalid' ? 'Invalid' : 'NotGrantable', message: text };
}

function firstOf(written: readonly KubernetesObject[]) {
  const [first] = written;
  if (!first) throw new TypeError('the fuse comes before its binding');
  return storedMetadata(first.metadata);
}
