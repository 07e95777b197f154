import { ANNOTATION, FINALIZER, FUSE_LABEL, MANAGED_BY, MANAGED_BY_LABEL, managedName } from '../../src/api/names.ts';
import { addSeconds, formatTime } from '../../src/api/time.ts';
import { ok } from './answers.ts';
import type { Answer, Caller } from './caller.ts';
import { type Stage, pathsIn, roleRef } from './stage.ts';

/** A live grant, with everything that the operator writes for one. Paths name the objects. */
export interface Grant {
  readonly stage: Stage;
  readonly request: string;
  readonly binding: string;
  readonly job: string;
  /** `daypass-<uid>`: what binding and Job are called. */
  readonly name: string;
  /** A second request by the same person, which the operator has not touched. */
  readonly pending: string;
  /** An administrator's Deny of that one. */
  readonly review: string;
  /** What the operator has told of the request with this uid. */
  readonly event: { readonly name: string; readonly uid: string };
}

/** Access for `requester`, asked for as a person does and given as the operator does. */
export async function grantTo(
  requester: Caller & { name: string },
  stage: Stage,
  { seconds = 3600, grace = 30 } = {},
): Promise<Grant> {
  const { operator, namespace } = stage;
  const { requests, reviews, jobs, bindings, events } = pathsIn(namespace);
  const asked = ok(await ask(requester, stage)).metadata;
  const pending = ok(await ask(requester, stage)).metadata;
  const review = ok(await decide(stage.admin, stage, [pending, 'Deny'])).metadata;

  const request = `${requests}/${asked.name}`;
  const { resourceVersion } = asked;
  const annotations = { [ANNOTATION.policy]: 'payments-debug' };
  ok(await operator.patch(request, { metadata: { resourceVersion, finalizers: [FINALIZER], annotations } }));
  const job = ok(await operator.create(jobs, fuse(asked, { seconds, grace }))).metadata;
  ok(
    await operator.create(
      bindings,
      roleBinding(stage, { uid: asked.uid, fuseUid: job.uid, seconds, user: requester.name }),
    ),
  );
  ok(await operator.patch(`${request}/status`, { status: { phase: 'Active' } }));
  const told = ok(await operator.create(events, event(stage, `daypass.${asked.uid}.1`))).metadata;
  return {
    stage,
    request,
    binding: `${bindings}/${job.name}`,
    job: `${jobs}/${job.name}`,
    name: job.name,
    pending: `${requests}/${pending.name}`,
    review: `${reviews}/${review.name}`,
    event: { name: told.name, uid: asked.uid },
  };
}

/** What an object has beyond what its kind needs. */
interface Fields {
  readonly metadata?: object;
  readonly spec?: object;
}

/**
 * Asks for the stage's role, and for what these fields say. Who asks is filled in, as `kubectl
 * daypass` does it: without deploy/stamp nobody else does.
 */
export async function ask(who: Caller, stage: Stage, { metadata, spec }: Fields = {}): Promise<Answer> {
  const request = accessRequest(stage);
  return who.create(pathsIn(stage.namespace).requests, {
    ...request,
    metadata: { ...request.metadata, ...metadata },
    spec: { ...request.spec, requester: await who.identity(), ...spec },
  });
}

/** Gives a review of a request, and fills in who gives it. */
export async function decide(
  who: Caller,
  { namespace }: Pick<Stage, 'namespace'>,
  [request, decision]: Parameters<typeof accessReview>,
  { metadata, spec }: Fields = {},
): Promise<Answer> {
  const review = accessReview(request, decision);
  return who.create(pathsIn(namespace).reviews, {
    ...review,
    metadata: { ...review.metadata, ...metadata },
    spec: { ...review.spec, reviewer: await who.identity(), ...spec },
  });
}

/** A request for the stage's role; no requester, as a person leaves it out. */
export function accessRequest({ role }: Pick<Stage, 'role'>) {
  return {
    apiVersion: 'daypass.dev/v1alpha1',
    kind: 'AccessRequest',
    metadata: { generateName: 'ask-' },
    spec: { roleRef: { kind: 'ClusterRole', name: role }, duration: '1h', reason: 'INC-4711 checkout returns 5xx' },
  };
}

/** A review of a request; no reviewer, as a person leaves it out. */
export function accessReview({ name, uid }: { name: string; uid: string }, decision: string) {
  return {
    apiVersion: 'daypass.dev/v1alpha1',
    kind: 'AccessReview',
    metadata: { generateName: 'review-' },
    spec: { request: { name, uid }, decision },
  };
}

/** Where policies are. */
export const POLICIES = '/apis/daypass.dev/v1alpha1/accesspolicies';

/** A policy that permits nobody anything, but for what `spec` says. */
export function accessPolicy(spec: object, metadata: object = { generateName: 'policy-' }) {
  return {
    apiVersion: 'daypass.dev/v1alpha1',
    kind: 'AccessPolicy',
    metadata,
    spec: { effect: 'Allow', duration: { max: '1h' }, approval: { automatic: true }, ...spec },
  };
}

/** An Event as the operator writes it. */
export function event({ namespace }: Pick<Stage, 'namespace'>, name: string) {
  return {
    metadata: { name },
    eventTime: `${new Date().toISOString().slice(0, -1)}000Z`,
    type: 'Normal',
    reportingController: 'daypass.dev/operator',
    reportingInstance: 'test',
    action: 'Granted',
    reason: 'Granted',
    regarding: { apiVersion: 'daypass.dev/v1alpha1', kind: 'AccessRequest', namespace, name: 'ask' },
  };
}

/** An Event of nobody in particular, in the form of the core API. */
export function coreEvent({ namespace }: Pick<Stage, 'namespace'>, metadata: object) {
  return { metadata, reason: 'Granted', involvedObject: { kind: 'AccessRequest', namespace, name: 'ask' } };
}

/** The fuse as the operator makes it: a Job that runs nothing and deletes itself. */
export function fuse({ uid, name }: { uid: string; name: string }, { seconds = 3600, grace = 30 } = {}) {
  const owner = { apiVersion: 'daypass.dev/v1alpha1', kind: 'AccessRequest', name, uid };
  return {
    metadata: { ...managed(uid, seconds), ownerReferences: [owner] },
    spec: pods(managedName(uid), seconds + grace),
  };
}

/** The spec of a fuse called `name`. */
export function pods(name: string, ttlSecondsAfterFinished: number) {
  const labels = { [FUSE_LABEL]: name };
  const spec = { restartPolicy: 'Never', containers: [{ name: 'never', image: 'daypass.invalid/never' }] };
  return {
    completions: 0,
    parallelism: 0,
    ttlSecondsAfterFinished,
    manualSelector: true,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec },
  };
}

/** The binding as the operator makes it: one subject, and the fuse as its only owner. */
export function roleBinding(
  { role }: Pick<Stage, 'role'>,
  {
    uid,
    fuseUid = crypto.randomUUID(),
    user,
    seconds = 3600,
  }: { uid: string; fuseUid?: string; user: string; seconds?: number },
) {
  const owner = { apiVersion: 'batch/v1', kind: 'Job', name: managedName(uid), uid: fuseUid };
  return {
    metadata: { ...managed(uid, seconds), ownerReferences: [owner] },
    ...roleRef(role),
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
  };
}

/** Name, label and annotations of whatever belongs to a grant. */
export function managed(uid: string, seconds: number) {
  const now = new Date();
  return {
    name: managedName(uid),
    labels: { [MANAGED_BY_LABEL]: MANAGED_BY },
    annotations: {
      [ANNOTATION.grantedAt]: formatTime(now),
      [ANNOTATION.expiresAt]: formatTime(addSeconds(now, seconds)),
      [ANNOTATION.ttl]: `${seconds}s`,
    },
  };
}
