import type { AccessRequest } from '../../api/access-request.ts';
import type { AccessReview } from '../../api/access-review.ts';
import type { Duration } from '../../api/duration.ts';
import { managedName } from '../../api/names.ts';
import type { Unreadable } from '../../api/read.ts';
import { applyPlan } from '../../grant/apply.ts';
import type { PersonClaim } from '../../policy/person.ts';
import type { ClusterRole } from '../../rbac/rules.ts';
import { Controller } from '../../runtime/controller.ts';
import { inLane } from '../../runtime/in-lane.ts';
import { keyOf } from '../../runtime/object.ts';
import type { Context } from '../context.ts';
import type { Stores } from '../stores.ts';
import type { ActAs } from './act-as.ts';
import type { RequestPlan } from './plan.ts';
import { emergenciesOf, predecessorOf, seriesOf, successorOf } from './relatives.ts';
import { firstOfEach } from './repeats.ts';
import type { Snapshot } from './snapshot.ts';
import { requestSteps } from './steps.ts';

/** The client has more connections than there are workers, so each waits for the API server alone. */
const WORKERS = 16;
/** Of these, for what ends: sixteen slow creates at once, behind someone's webhook, would make every end late. */
const RESERVED = 4;

/** All that the steps of a request are shown comes from here. */
export interface RequestView extends Pick<Context, 'stores' | 'trouble'> {
  /** When the newest of what waits to be delivered, of the request with this uid, was taken in; undefined where nothing waits. */
  readonly undeliveredSince: (uid: string) => Date | undefined;
  /** Whether admission could be relied on when the request or review with this uid was made. */
  readonly isHeld: (uid: string) => boolean;
  readonly claim: PersonClaim;
  readonly actAs: ActAs;
  /** How long an ended request is kept. */
  readonly retention: Duration;
}

interface RequestContext extends RequestView, Omit<Context, 'stores' | 'trouble'> {
  /** Called when it has become known who could act as the requester of the request with this uid. */
  readonly onAsked: (uid: string) => void;
}

/** Carries every request through its life; keys are `namespace/name` of AccessRequests. */
export function requestController({
  client,
  clock,
  random,
  log,
  metrics,
  health,
  onAsked,
  ...view
}: RequestContext): Controller<Snapshot, RequestPlan> {
  return new Controller({
    name: 'access-request',
    workers: WORKERS,
    reserved: RESERVED,
    flowOf: (key) => {
      const request = view.stores.requests.get(key);
      return request && !('unreadable' in request) ? request.spec.requester.username : '';
    },
    seriesOf: (key) => {
      const request = view.stores.requests.get(key);
      return request && !('unreadable' in request) ? seriesOf(request, view.claim) : undefined;
    },
    clock,
    random,
    log,
    metrics,
    health,
    snapshot: (key) => requestSnapshot(view, key),
    steps: requestSteps,
    apply: async (plan, key, signal, lane) => {
      if ('writes' in plan) return applyPlan(inLane(client, lane), plan, signal);
      const request = view.stores.requests.get(key);
      if (!request || 'unreadable' in request) return plan.then;
      await view.actAs.ask(plan.ask, signal);
      onAsked(request.metadata.uid);
      return plan.then;
    },
  });
}

/** What the steps of the request with this key see; undefined where there is none that can be read. */
export function requestSnapshot(
  { stores, trouble, undeliveredSince, isHeld, claim, actAs, retention }: RequestView,
  key: string,
): Snapshot | undefined {
  const request = stores.requests.get(key);
  if (!request || 'unreadable' in request) return undefined;
  const { namespace, uid } = request.metadata;
  const reviews = reviewsOf(stores, request);
  // Whoever says it, what takes access away is obeyed.
  const held = reviews.filter(({ spec, metadata }) => spec.decision !== 'Approve' || isHeld(metadata.uid));
  const managed = keyOf({ namespace, name: managedName(uid) });
  return {
    request,
    binding: stores.bindings.get(managed),
    ownRole: stores.ownRoles.get(managed),
    fuse: stores.fuses.get(managed),
    namespace: stores.namespaces.get(namespace),
    role: filled(request.spec.roleRef && stores.roles.get(request.spec.roleRef.name)),
    policies: [...stores.policies.values()],
    reviews: firstOfEach(held),
    held: isHeld(uid) && held.length === reviews.length,
    predecessor: predecessorOf(stores, request),
    successor: successorOf(stores, request),
    emergencies: emergenciesOf(stores, request, claim),
    claim,
    couldActAs: (pairs) => actAs.couldAny(pairs),
    retention,
    stored: stores.requests.size,
    undeliveredSince: undeliveredSince(uid),
    trouble,
  };
}

/** An aggregated role that has no rules yet is as good as absent: what it will permit, nobody knows. */
function filled(role: ClusterRole | undefined): ClusterRole | undefined {
  return role?.unfilled === true ? undefined : role;
}

/** The reviews that name this very request, uid and all, and stand beside it. One that is being deleted is taken back. */
function reviewsOf({ reviews }: Stores, { metadata: { namespace, name, uid } }: AccessRequest): AccessReview[] {
  const isOfThis = (review: AccessReview | Unreadable): review is AccessReview =>
    !('unreadable' in review) &&
    review.metadata.deletionTimestamp === undefined &&
    review.metadata.namespace === namespace &&
    review.spec.request.name === name;
  return reviews.list('request', uid).filter(isOfThis);
}
