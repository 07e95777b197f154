/**
 * A right that lets its holder keep, widen or outlive access that was meant for a limited time.
 * A list of names in a rule makes it no less risky: it limits on whom, not what.
 */
export interface RiskyRight {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  /** `writes` is any verb but {@link READS}, those that nobody knows yet included. A star at the end is any rest. */
  readonly verbs: readonly string[] | 'any' | 'writes';
}

/** The verbs that change nothing. */
export const READS: readonly string[] = ['get', 'list', 'watch'];

const RUNS: readonly string[] = ['create', 'update', 'patch'];

/**
 * Every kind of risk, with its reason: what documentation shows, in this order. Begun with
 * https://kubernetes.io/docs/concepts/security/rbac-good-practices/#kubernetes-rbac-privilege-escalation-risks
 *
 * Looked at, and not risky: deleting pods (what owns them starts them again), `scale` (how many run,
 * not what), `status` of anything but the kinds below, evictions and bindings of pods, ServiceAccounts
 * without their tokens, ConfigMaps, network. What somebody's own kinds of object do is not known here.
 */
export const RISKS = [
  {
    code: 'BuiltInRole',
    why: 'admin, edit, cluster-admin and system: roles hold most of what follows, and Kubernetes and what is installed add to them.',
    rights: [],
  },
  {
    code: 'Wildcard',
    why: 'A wildcard also gives rights that nobody thought of, and to what will be installed later.',
    rights: [],
  },
  {
    code: 'Escalation',
    why: 'Whoever may change roles or bindings, bind or escalate gives rights that stay.',
    rights: [{ apiGroups: ['rbac.authorization.k8s.io'], resources: ['*'], verbs: 'writes' }],
  },
  {
    code: 'BindingUids',
    why: "Whoever knows the uid of a grant's RoleBinding can hold up its collection, should the operator be gone.",
    rights: [{ apiGroups: ['rbac.authorization.k8s.io'], resources: ['rolebindings'], verbs: READS }],
  },
  {
    code: 'Impersonation',
    why: 'Whoever acts as another has the rights of that one, and Daypass sees no difference.',
    // Users, groups and service accounts of the core group, the rest of authentication.k8s.io; impersonate-on is over
    // any kind of object: https://kubernetes.io/docs/reference/access-authn-authz/user-impersonation/
    rights: [{ apiGroups: ['*'], resources: ['*'], verbs: ['impersonate', 'impersonate:*', 'impersonate-on:*'] }],
  },
  {
    code: 'Daypass',
    why: 'Requests, reviews and policies decide who gets access.',
    rights: [{ apiGroups: ['daypass.dev'], resources: ['*'], verbs: 'writes' }],
  },
  {
    code: 'Admission',
    why: 'Admission policies and webhooks hold the fences around Daypass, see every object and can change it.',
    rights: [{ apiGroups: ['admissionregistration.k8s.io'], resources: ['*'], verbs: 'writes' }],
  },
  {
    code: 'APIExtension',
    why: 'Who defines kinds of object or serves them decides what they say, those of Daypass included.',
    rights: [{ apiGroups: ['apiextensions.k8s.io', 'apiregistration.k8s.io'], resources: ['*'], verbs: 'writes' }],
  },
  {
    code: 'Namespaces',
    why: 'Labels of a namespace decide which policies and which security level hold in it.',
    // An update of the status may change labels, too.
    rights: [
      { apiGroups: [''], resources: ['namespaces', 'namespaces/status', 'namespaces/finalize'], verbs: 'writes' },
    ],
  },
  {
    code: 'Tokens',
    why: 'A token of a service account is valid beyond the end of the access that it was made with.',
    rights: [{ apiGroups: [''], resources: ['serviceaccounts/token'], verbs: 'any' }],
  },
  {
    code: 'Certificates',
    why: 'A certificate is a login that nobody can take back, and a trust bundle decides which are believed.',
    rights: [{ apiGroups: ['certificates.k8s.io'], resources: ['*'], verbs: 'writes' }],
  },
  {
    code: 'Secrets',
    why: "Secrets hold logins of others; one can be created that is filled with a service account's token.",
    // The API server answers a patch, a deletecollection and a delete with propagationPolicy Foreground with the
    // values, and does so for dry runs, too.
    rights: [{ apiGroups: [''], resources: ['secrets'], verbs: 'any' }],
  },
  {
    code: 'Workloads',
    why: 'A pod runs as any service account of its namespace, mounts any secret there, and stays.',
    // Of a ControllerRevision a StatefulSet or DaemonSet makes pods when it is rolled back.
    rights: [
      { apiGroups: [''], resources: ['pods', 'replicationcontrollers'], verbs: RUNS },
      {
        apiGroups: ['apps'],
        resources: ['deployments', 'statefulsets', 'daemonsets', 'replicasets', 'controllerrevisions'],
        verbs: RUNS,
      },
      { apiGroups: ['batch'], resources: ['jobs', 'cronjobs'], verbs: RUNS },
    ],
  },
  {
    code: 'Exec',
    why: "A shell in a pod has what the pod has, its service account's token included, and what it starts goes on.",
    // Older servers authorize WebSocket clients with get alone.
    rights: [
      { apiGroups: [''], resources: ['pods/exec', 'pods/attach'], verbs: 'any' },
      { apiGroups: [''], resources: ['pods/ephemeralcontainers'], verbs: 'writes' },
    ],
  },
  {
    code: 'Proxy',
    why: 'What listens in a pod or behind a service often asks nobody for a login, and takes orders.',
    rights: [{ apiGroups: [''], resources: ['pods/portforward', 'pods/proxy', 'services/proxy'], verbs: 'any' }],
  },
  {
    code: 'Nodes',
    why: 'A node runs pods of all namespaces; its proxy runs commands in each, past admission and audit.',
    rights: [
      { apiGroups: [''], resources: ['nodes/proxy'], verbs: 'any' },
      { apiGroups: [''], resources: ['nodes', 'nodes/status'], verbs: 'writes' },
      { apiGroups: ['node.k8s.io'], resources: ['runtimeclasses'], verbs: 'writes' },
    ],
  },
  {
    code: 'Volumes',
    why: "A volume can be a folder of a node, or another namespace's data.",
    rights: [
      { apiGroups: [''], resources: ['persistentvolumes'], verbs: 'writes' },
      {
        apiGroups: ['storage.k8s.io'],
        resources: ['storageclasses', 'csidrivers', 'csinodes', 'volumeattachments'],
        verbs: 'writes',
      },
    ],
  },
  {
    code: 'Devices',
    why: 'Device classes, slices and allocations decide which hardware of a node a pod gets, and how it is set up.',
    // Who may allocate is asked as resourceclaims/binding and resourceclaims/driver since 1.36.
    rights: [
      {
        apiGroups: ['resource.k8s.io'],
        resources: [
          'deviceclasses',
          'resourceslices',
          'resourceclaims/status',
          'resourceclaims/binding',
          'resourceclaims/driver',
        ],
        verbs: 'writes',
      },
    ],
  },
  {
    code: 'FlowControl',
    why: 'Priorities of requests can hold up whatever takes access back.',
    rights: [{ apiGroups: ['flowcontrol.apiserver.k8s.io'], resources: ['*'], verbs: 'writes' }],
  },
] as const satisfies readonly { code: string; why: string; rights: readonly RiskyRight[] }[];

/** Says what a risk is, for good: policies, logs and documentation refer to it. */
export type RiskCode = (typeof RISKS)[number]['code'];
