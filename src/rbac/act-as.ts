/** What a SubjectAccessReview asks about. https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/subject-access-review-v1/ */
export interface ResourceAttributes {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** What runs pods under a service account that its author names. */
const WORKLOADS = [
  ['apps', 'daemonsets'],
  ['apps', 'deployments'],
  ['apps', 'replicasets'],
  ['apps', 'statefulsets'],
  ['batch', 'cronjobs'],
  ['batch', 'jobs'],
  ['', 'replicationcontrollers'],
] as const;

/**
 * Everything that lets its holder act as a service account: run or enter a pod that bears it, get
 * a token for it, or impersonate it. Whoever may do one of these is, as far as that account goes,
 * the account.
 */
export function waysToActAs({ namespace, name }: { namespace: string; name: string }): ResourceAttributes[] {
  const here = (verb: string, group: string, resource: string, subresource?: string): ResourceAttributes => {
    return { verb, group, resource, namespace, ...(subresource === undefined ? {} : { subresource }) };
  };
  return [
    // An image can be changed in a pod that runs, and a template in whatever makes pods.
    ...['create', 'update', 'patch'].map((verb) => here(verb, '', 'pods')),
    // Whoever may bind roles here, or everywhere, may give themself all of this.
    ...['create', 'update', 'patch'].flatMap((verb) => [
      here(verb, 'rbac.authorization.k8s.io', 'rolebindings'),
      { verb, group: 'rbac.authorization.k8s.io', resource: 'clusterrolebindings' },
    ]),
    ...WORKLOADS.flatMap(([group, resource]) =>
      ['create', 'update', 'patch'].map((verb) => here(verb, group, resource)),
    ),
    // Of older servers WebSocket clients need only "get".
    ...['create', 'get'].flatMap((verb) => [here(verb, '', 'pods', 'exec'), here(verb, '', 'pods', 'attach')]),
    // A node runs commands in every pod that it has, for WebSocket clients with no more than "get".
    ...['create', 'get'].map((verb) => ({ verb, group: '', resource: 'nodes', subresource: 'proxy' })),
    ...['update', 'patch'].map((verb) => here(verb, '', 'pods', 'ephemeralcontainers')),
    { ...here('create', '', 'serviceaccounts', 'token'), name },
    // A Secret of type service-account-token is filled with a token, and all but plain deletes answer with what is in it.
    ...['create', 'get', 'list', 'watch', 'update', 'patch', 'delete', 'deletecollection'].map((verb) => {
      return here(verb, '', 'secrets');
    }),
    { ...here('impersonate', '', 'serviceaccounts'), name },
    // Constrained impersonation (KEP-5284).
    { ...here('impersonate:serviceaccount', 'authentication.k8s.io', 'serviceaccounts'), name },
    { verb: 'impersonate', group: '', resource: 'users', name: `system:serviceaccount:${namespace}:${name}` },
  ];
}
