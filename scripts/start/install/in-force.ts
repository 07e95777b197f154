import { ACCESS_REQUESTS } from '../../../src/api/access-request.ts';
import { JOBS, ROLE_BINDINGS } from '../../../src/api/kubernetes.ts';
import { ANNOTATION, MANAGED_BY, MANAGED_BY_LABEL, managedName } from '../../../src/api/names.ts';
import { addSeconds, formatTime } from '../../../src/api/time.ts';
import type { KubernetesObject, Resource } from '../../../src/runtime/object.ts';
import { isApiError } from '../../../src/runtime/errors.ts';
import { isJsonObject } from '../../../src/runtime/merge-patch.ts';
import type { Api } from '../cluster/api.ts';
import { until } from '../tools/until.ts';

/** How long the API server may take to read a new policy, and how long nothing is said of it, in seconds. */
const PATIENCE = { seconds: 60, quiet: 10 };

/** How to wait for the policies. `onMiss` is told what is still missing, and what was seen instead. */
interface Waiting {
  readonly signal: AbortSignal;
  readonly onMiss: (miss: string) => void;
  readonly patience?: typeof PATIENCE;
}

/** Somebody, as far as dry runs need them. */
interface Prober {
  readonly client: Pick<Api['client'], 'create'>;
  readonly clock: Pick<Api['clock'], 'now'>;
}

/** A write that one admission policy, and nothing else, refuses. */
interface Forbidden {
  readonly policy: string;
  readonly who: Prober;
  readonly resource: Resource;
  readonly object: KubernetesObject;
}

type Answer = { readonly found: true } | { readonly miss: string };

const managed = { [MANAGED_BY_LABEL]: MANAGED_BY };
const FORGED = 'nobody';
const request = {
  metadata: { name: 'daypass-probe', namespace: 'default' },
  spec: { roleRef: { kind: 'ClusterRole', name: 'daypass-view' }, requester: { username: FORGED } },
};

/**
 * Resolves once the admission policies do their work: the API server reads them a moment after
 * they are created. Shown by dry runs that have to be refused, each with its policy's name, and by
 * one whose forged requester has to be replaced.
 */
export async function policiesInForce(
  admin: Prober,
  operator: Prober,
  { signal, onMiss, patience: { seconds, quiet } = PATIENCE }: Waiting,
): Promise<number> {
  const forbidden: Forbidden[] = [
    { policy: 'daypass-managed-objects', who: admin, resource: ROLE_BINDINGS, object: binding({ labels: managed }) },
    {
      policy: 'daypass-hold-objects',
      who: admin,
      resource: ACCESS_REQUESTS.resource,
      object: { ...request, metadata: { ...request.metadata, labels: { 'daypass.dev/probe': 'true' } } },
    },
    {
      policy: 'daypass-fence-objects',
      who: operator,
      resource: ROLE_BINDINGS,
      object: binding({ annotations: anHour(operator) }),
    },
    {
      policy: 'daypass-fence-rolebindings',
      who: operator,
      resource: ROLE_BINDINGS,
      object: binding({ labels: managed }),
    },
    { policy: 'daypass-fence-jobs', who: operator, resource: JOBS, object: jobThatRuns },
  ];
  const begin = performance.now();
  const seen = (otherwise: string, ask: () => Promise<Answer>): Promise<true> => {
    let told: string | undefined;
    const look = async (): Promise<Answer> => {
      const answer = await ask();
      if ('miss' in answer && answer.miss !== told && performance.now() - begin >= quiet * 1000) {
        told = answer.miss;
        onMiss(`${otherwise} yet: ${told}`);
      }
      return answer;
    };
    return until(look, { otherwise, seconds, signal });
  };
  await Promise.all([
    ...forbidden.map((each) =>
      seen(`the admission policy ${each.policy} is not in force`, () => isRefused(each, signal)),
    ),
    seen('requests are not stamped', () => isStamped(admin, signal)),
  ]);
  return forbidden.length + 1;
}

/** A grant in all but `metadata`, so that the one policy in question is the only one that objects. */
function binding(metadata: KubernetesObject['metadata']): KubernetesObject {
  const rbac = 'rbac.authorization.k8s.io';
  const uid = '00000000-0000-4000-8000-000000000000';
  const name = managedName(uid);
  const ownerReferences = [{ apiVersion: 'batch/v1', kind: 'Job', name, uid }];
  return {
    metadata: { name, namespace: 'default', ownerReferences, ...metadata },
    // One that the operator may bind: RBAC has its say before admission policies do.
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'daypass-view' },
    subjects: [{ apiGroup: rbac, kind: 'User', name: FORGED }],
  };
}

const jobThatRuns: KubernetesObject = {
  metadata: { name: 'daypass-probe', namespace: 'default', labels: managed },
  spec: {
    completions: 1,
    parallelism: 0,
    ttlSecondsAfterFinished: 1,
    template: { spec: { restartPolicy: 'Never', containers: [{ name: 'none', image: 'none' }] } },
  },
};

function anHour({ clock }: Prober): Record<string, string> {
  return { [ANNOTATION.expiresAt]: formatTime(addSeconds(clock.now(), 3600)) };
}

async function isRefused({ policy, who, resource, object }: Forbidden, signal: AbortSignal): Promise<Answer> {
  try {
    await who.client.create(resource, object, { dryRun: true, signal });
    return { miss: 'what it has to refuse was let through' };
  } catch (error) {
    if (!isApiError(error)) throw error;
    return error.message.includes(`'${policy}'`) ? { found: true } : { miss: error.message };
  }
}

async function isStamped({ client }: Prober, signal: AbortSignal): Promise<Answer> {
  try {
    const { spec } = await client.create(ACCESS_REQUESTS.resource, request, { dryRun: true, signal });
    const requester = isJsonObject(spec) && isJsonObject(spec['requester']) ? spec['requester']['username'] : FORGED;
    return requester === FORGED ? { miss: 'a forged requester was left as it was' } : { found: true };
  } catch (error) {
    if (!isApiError(error)) throw error;
    return { miss: error.message };
  }
}
