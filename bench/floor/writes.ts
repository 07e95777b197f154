import { ACCESS_REQUESTS, type AccessRequest, describeAccess } from '../../src/api/access-request.ts';
import { Duration } from '../../src/api/duration.ts';
import { EVENTS, JOBS, ROLE_BINDINGS } from '../../src/api/kubernetes.ts';
import { ANNOTATION, FINALIZER } from '../../src/api/names.ts';
import { objectName, storedMetadata } from '../../src/api/read.ts';
import { formatTime } from '../../src/api/time.ts';
import { OPERATOR, type StatusChange, statusWrite } from '../../src/controllers/access-request/status.ts';
import { bindingFor, fuseFor } from '../../src/grant/objects.ts';
import { termsFrom } from '../../src/grant/terms.ts';
import { uidHash } from '../../src/grant/uid-hash.ts';
import { eventFor } from '../../src/record/event.ts';
import type { KubernetesObject, Resource } from '../../src/runtime/object.ts';
import { requestIn } from '../../test/operator/stage.ts';
import type { RawApi } from './raw-api.ts';

/** Stand in for what would be looked up: the floor decides nothing, and writes as much. */
const POLICY = { name: 'developers-debug', uid: '00000000-0000-4000-8000-000000000001', generation: 1 };
const ROLE = { name: 'daypass-pod-logs', uid: '00000000-0000-4000-8000-000000000002', rulesHash: '0'.repeat(64) };
const NO_REVIEWS = { required: 0, approvedBy: [] };

/** A grant that exists. */
export interface Made {
  readonly request: AccessRequest;
  readonly binding: KubernetesObject;
  readonly fuse: KubernetesObject;
  /** Its Events so far, on their way. */
  readonly events: Promise<void>;
}

/** Writes 1 to 5 of docs/architecture.md, and beside them their Events. */
export async function give(api: RawApi, asked: KubernetesObject): Promise<Made> {
  const duration = Duration.parse(requestIn(asked).spec.duration);
  const message = `policy ${POLICY.name} permits this for ${duration}`;
  const approved = await writeStatus(api, requestIn(asked), {
    fields: {
      phase: 'Approved',
      policy: POLICY,
      role: ROLE,
      duration,
      reviews: NO_REVIEWS,
      approvedAt: formatTime(new Date()),
    },
    conditions: [{ type: 'Approved', status: 'True', reason: 'Automatic', message }],
    entries: [{ type: 'Approved', reason: 'Automatic', actor: OPERATOR, message }],
  });
  const first = tell(api, approved, 0);
  const terms = termsFrom(new Date(), duration);
  const fuse = await api.create(JOBS, fuseFor(approved, terms));
  const marked = await api.patch(ACCESS_REQUESTS.resource, objectName(approved.metadata), {
    metadata: { finalizers: [FINALIZER], annotations: { [ANNOTATION.grantedAt]: terms.grantedAt } },
  });
  const binding = await api.create(ROLE_BINDINGS, bindingFor(approved, terms, storedMetadata(fuse.metadata)));
  const text = `${describeAccess(approved)} until ${terms.expiresAt}`;
  const request = await writeStatus(api, requestIn(marked), {
    fields: {
      phase: 'Active',
      grantedAt: terms.grantedAt,
      expiresAt: terms.expiresAt,
      grant: { bindingHash: uidHash(binding.metadata.uid ?? ''), fuseUid: fuse.metadata.uid ?? '' },
    },
    conditions: [
      { type: 'Active', status: 'True', reason: 'Granted', message: text },
      { type: 'FuseArmed', status: 'False', reason: 'Queued', message: 'the fuse is not armed yet' },
    ],
    entries: [{ type: 'Granted', reason: 'Granted', actor: OPERATOR, message: text }],
  });
  const events = first.then(() => tell(api, request, 2));
  events.catch(() => undefined); // heard of when it is put on record
  return { request, binding, fuse, events };
}

/** Write 7: the end of access, by itself. */
export async function takeBack(api: RawApi, { binding }: Made): Promise<void> {
  await remove(api, ROLE_BINDINGS, binding);
}

/** Writes 8 to 10, and beside them the last Event. */
export async function putOnRecord(api: RawApi, made: Made, how: 'Expired' | 'Revoked'): Promise<void> {
  await remove(api, JOBS, made.fuse);
  const message = how === 'Expired' ? `its ${made.request.status.duration} is over` : 'the request was deleted';
  const ended = { reason: how, message };
  const request = await writeStatus(api, made.request, {
    fields: { phase: how, endedAt: formatTime(new Date()) },
    conditions: [
      { type: 'Active', status: 'False', ...ended },
      { type: 'Ended', status: 'True', ...ended },
    ],
    entries: [{ type: how, actor: OPERATOR, ...ended }],
  });
  await made.events;
  await tell(api, request, 3);
  await api.patch(ACCESS_REQUESTS.resource, objectName(request.metadata), { metadata: { finalizers: [] } });
}

/** Makes it a request that ended so many days ago, with a whole history. */
export async function writeEnded(api: RawApi, asked: KubernetesObject, days: number): Promise<void> {
  const then = new Date(Date.now() - days * 86_400_000);
  const time = formatTime(then);
  const duration = Duration.parse('1h');
  const message = `its ${duration} is over`;
  const ended = { reason: 'Expired', message };
  const change: StatusChange = {
    fields: {
      phase: 'Expired',
      policy: POLICY,
      role: ROLE,
      duration,
      reviews: NO_REVIEWS,
      approvedAt: time,
      grantedAt: time,
      expiresAt: time,
      endedAt: time,
      grant: { bindingHash: '0'.repeat(64), fuseUid: POLICY.uid },
    },
    conditions: [
      { type: 'Approved', status: 'True', reason: 'Automatic', message: `policy ${POLICY.name} permits this` },
      { type: 'Active', status: 'False', ...ended },
      { type: 'FuseArmed', status: 'True', reason: 'Armed', message: 'Kubernetes will end the grant by itself' },
      { type: 'Ended', status: 'True', ...ended },
    ],
    entries: [
      { type: 'Approved', reason: 'Automatic', actor: OPERATOR, message: `policy ${POLICY.name} permits this` },
      { type: 'Granted', reason: 'Granted', actor: OPERATOR, message: `${ROLE.name} until ${time}` },
      { type: 'Expired', actor: OPERATOR, ...ended },
    ],
  };
  await writeStatus(api, requestIn(asked), change, then);
}

/** The Events of all entries of its history from this one on, in order. */
async function tell(api: RawApi, { metadata, status }: AccessRequest, from: number): Promise<void> {
  for (const entry of (status.history ?? []).slice(from)) {
    await api.create(EVENTS, eventFor({ request: metadata, entry }, 'bench'));
  }
}

/** A status as the operator writes it, but on whatever version there is: nobody else writes here. */
async function writeStatus(
  api: RawApi,
  request: AccessRequest,
  change: StatusChange,
  now = new Date(),
): Promise<AccessRequest> {
  const write = statusWrite(request, now, change);
  if (!('patch' in write)) throw new TypeError('a status is written by a patch');
  const { status } = write.patch;
  return requestIn(await api.patch(write.resource, write.name, { status }, 'status'));
}

function remove(api: RawApi, resource: Resource, object: KubernetesObject): Promise<void> {
  const metadata = storedMetadata(object.metadata);
  return api.delete(resource, objectName(metadata), metadata.uid);
}
