import { CLUSTER_ROLE_BINDINGS, CLUSTER_ROLES, ROLE_BINDINGS } from '../../src/api/kubernetes.ts';
import type { HttpClient } from '../../src/runtime/http-client.ts';
import type { KubernetesObject } from '../../src/runtime/object.ts';
import { GROUP, type Stage } from './stage.ts';

/** Who can end a grant, each by rights that somebody of that name has in practice. */
export interface People {
  /** Asks. Holds `daypass-requester`. */
  readonly requester: HttpClient;
  /** Holds the built-in `admin` in the namespaces named. */
  readonly namespaceAdmin: HttpClient;
  /** Holds `daypass-policy-author`. */
  readonly policyAuthor: HttpClient;
  /** Holds the verb `breakglass`. */
  readonly breaker: HttpClient;
  readonly clusterAdmin: HttpClient;
}

/** Enlists them. Their rights are in force a moment later, well before anybody has a grant to end. */
export async function enlist({ admin, as }: Stage, namespaces: readonly string[]): Promise<People> {
  for (const namespace of namespaces) await admin.create(ROLE_BINDINGS, binding('nora', 'admin', { namespace }));
  await admin.create(CLUSTER_ROLE_BINDINGS, binding('paul', 'daypass-policy-author'));
  await admin.create(CLUSTER_ROLES, {
    metadata: { name: 'breakglass' },
    rules: [{ apiGroups: ['daypass.dev'], resources: ['accessrequests'], verbs: ['patch', 'breakglass'] }],
  });
  await admin.create(CLUSTER_ROLE_BINDINGS, binding('greta', 'breakglass'));
  return {
    requester: await as('dana', GROUP),
    namespaceAdmin: await as('nora'),
    policyAuthor: await as('paul'),
    breaker: await as('greta'),
    clusterAdmin: admin,
  };
}

function binding(user: string, role: string, where: { namespace?: string } = {}): KubernetesObject {
  const apiGroup = CLUSTER_ROLE_BINDINGS.group;
  return {
    metadata: { name: `${user}-${role}`, ...where },
    roleRef: { apiGroup, kind: 'ClusterRole', name: role },
    subjects: [{ apiGroup, kind: 'User', name: user }],
  };
}
