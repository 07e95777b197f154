import { managedName } from '../../api/names.ts';
import { applyPlan } from '../../grant/apply.ts';
import type { Plan } from '../../grant/plan.ts';
import { Controller } from '../../runtime/controller.ts';
import { keyOf } from '../../runtime/object.ts';
import type { Step } from '../../runtime/step.ts';
import type { Context } from '../context.ts';
import type { Snapshot } from './snapshot.ts';
import { requestSteps } from './steps.ts';

/** The client has more connections than there are workers, so each waits for the API server alone. */
const WORKERS = 16;
/** Of these, for what ends: sixteen slow creates at once, behind someone's webhook, would make every end late. */
const RESERVED = 4;

interface RequestContext extends Context {
  /** Whether all that the history of the request with this uid says has been delivered. */
  readonly delivered: (uid: string) => boolean;
}

/** Carries every request through its life; keys are `namespace/name` of AccessRequests. */
export function requestController({
  client,
  clock,
  random,
  log,
  ...view
}: RequestContext): Controller<Snapshot | undefined, Plan> {
  return new Controller({
    name: 'access-request',
    workers: WORKERS,
    reserved: RESERVED,
    clock,
    random,
    log,
    snapshot: (key) => requestSnapshot(view, key),
    steps: requestSteps.map(ifPresent),
    apply: (plan, _key, signal) => applyPlan(client, plan, signal),
  });
}

type View = Pick<RequestContext, 'stores' | 'fuseTrouble' | 'delivered'>;

/** What the steps of the request with this key see; undefined where there is none that can be read. */
function requestSnapshot({ stores, fuseTrouble, delivered }: View, key: string): Snapshot | undefined {
  const request = stores.requests.get(key);
  if (!request || 'unreadable' in request) return undefined;
  const { namespace, uid } = request.metadata;
  const managed = keyOf({ namespace, name: managedName(uid) });
  return {
    request,
    binding: stores.bindings.get(managed),
    fuse: stores.fuses.get(managed),
    namespace: stores.namespaces.get(namespace),
    role: stores.roles.get(request.spec.roleRef.name),
    policies: [...stores.policies.values()],
    delivered: () => delivered(uid),
    fuseTrouble,
  };
}

function ifPresent<Seen>(step: Step<Seen, Plan>): Step<Seen | undefined, Plan> {
  return (snapshot, now) =>
    snapshot ? step(snapshot, now) : { next: 'stop', reason: 'no such request, or unreadable' };
}
