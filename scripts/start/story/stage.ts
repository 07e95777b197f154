import { CLUSTER_ROLE_BINDINGS, CLUSTER_ROLES, NAMESPACES, ROLE_BINDINGS } from '../../../src/api/kubernetes.ts';
import type { KubernetesObject, Resource } from '../../../src/runtime/object.ts';
import type { Cast } from './cast.ts';
import type { Person } from '../cluster/cluster.ts';
import { PODS } from '../cluster/resources.ts';
import type { Setting } from '../setting.ts';

/** Something that is there before the story begins. */
export interface Prop {
  readonly resource: Resource;
  readonly object: KubernetesObject;
}

const RBAC = 'rbac.authorization.k8s.io';
/** What the platform team may give, by its policies: Daypass asks of their authors what RBAC asks of who binds a role. */
const GIVEN = ['daypass-pod-logs', 'daypass-view', 'daypass-restart'];
const PODS_SHOWN = ['checkout-6d5f9c', 'ledger-84c9b7'];

/** What the story needs: a namespace with pods, who may ask and review there, and who writes policies and reads the record. */
export function propsFor({ namespace, developer, platform, lead, security }: Cast): Prop[] {
  const authors = firstOf(platform.groups);
  const mayBind = `${authors}-may-bind`;
  return [
    { resource: NAMESPACES, object: { metadata: { name: namespace } } },
    ...PODS_SHOWN.map((name) => ({ resource: PODS, object: pod(namespace, name) })),
    {
      resource: ROLE_BINDINGS,
      object: binding({ name: 'may-ask', namespace }, 'daypass-requester', firstOf(developer.groups)),
    },
    ...[lead, security].map(({ groups }) => ({
      resource: ROLE_BINDINGS,
      object: binding({ name: `${firstOf(groups)}-may-review`, namespace }, 'daypass-reviewer', firstOf(groups)),
    })),
    {
      resource: CLUSTER_ROLES,
      object: {
        metadata: { name: mayBind },
        rules: [{ apiGroups: [RBAC], resources: ['clusterroles'], resourceNames: GIVEN, verbs: ['bind'] }],
      },
    },
    ...['daypass-policy-author', 'daypass-auditor', mayBind].map((role) => ({
      resource: CLUSTER_ROLE_BINDINGS,
      object: binding({ name: `${role}-${authors}` }, role, authors),
    })),
  ];
}

function firstOf(groups: readonly string[]): string {
  return groups[0] ?? '';
}

/** Creates them as the administrator. */
export async function setStage({ stop }: Setting, { api }: Person, props: readonly Prop[]): Promise<void> {
  for (const { resource, object } of props) await api.client.create(resource, object, { signal: stop.signal });
}

/** A pod that is there to be read: no scheduler ever takes it, so nothing runs. */
function pod(namespace: string, name: string): KubernetesObject {
  return {
    metadata: { namespace, name },
    spec: {
      schedulingGates: [{ name: 'daypass.dev/only-to-be-read' }],
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: 'app',
          image: 'none',
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        },
      ],
    },
  };
}

function binding(metadata: KubernetesObject['metadata'], role: string, group: string): KubernetesObject {
  return {
    metadata,
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: role },
    subjects: [{ apiGroup: RBAC, kind: 'Group', name: group }],
  };
}
