import { ACCESS_REQUESTS } from '../../api/access-request.ts';
import type { Duration } from '../../api/duration.ts';
import { JOBS, ROLE_BINDINGS } from '../../api/kubernetes.ts';
import { ANNOTATION, FINALIZER } from '../../api/names.ts';
import { storedMetadata } from '../../api/read.ts';
import { bindingFor, fuseFor } from '../../grant/objects.ts';
import type { Plan } from '../../grant/plan.ts';
import { termsFrom } from '../../grant/terms.ts';
import type { ApiError } from '../../runtime/errors.ts';
import type { KubernetesObject } from '../../runtime/object.ts';
import { type Ending, endedStatus } from './end.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * The writes that give access, in the one order that is safe at every crash: the finalizer, so
 * that the request cannot vanish; the fuse, so that the end is armed; the binding, last.
 */
export function armPlan(snapshot: Snapshot, now: Date, duration: Duration): Plan {
  const { request } = snapshot;
  const { metadata } = request;
  const terms = termsFrom(now, duration);
  const finalizers = [...(metadata.finalizers ?? []).filter((each) => each !== FINALIZER), FINALIZER];
  const { uid, resourceVersion } = metadata;
  return {
    writes: [
      {
        verb: 'patch',
        resource: ACCESS_REQUESTS.resource,
        name: { namespace: metadata.namespace, name: metadata.name },
        patch: {
          metadata: { uid, resourceVersion, finalizers, annotations: { [ANNOTATION.grantedAt]: terms.grantedAt } },
        },
      },
      { verb: 'create', resource: JOBS, object: () => fuseFor(request, terms) },
      { verb: 'create', resource: ROLE_BINDINGS, object: (written) => bindingFor(request, terms, lastOf(written)) },
    ],
    then: 'urgent', // its end is timed once it is on record, so that goes ahead of further grants (promise P2)
    refused: (error, written) => refusedPlan(snapshot, now, error, written),
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

function failure(error: ApiError): Ending {
  const { message } = error;
  if (error.reason === 'AlreadyExists') return { type: 'Failed', reason: 'NameTaken', message };
  return { type: 'Failed', reason: error.reason === 'Invalid' ? 'Invalid' : 'NotGrantable', message };
}

function lastOf(written: readonly KubernetesObject[]) {
  const last = written.at(-1);
  if (!last) throw new TypeError('the fuse comes before its binding');
  return storedMetadata(last.metadata);
}
