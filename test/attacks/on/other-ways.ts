import { accessPolicy, accessRequest, POLICIES, roleBinding } from '../../identity/grant.ts';
import { CLUSTER_ROLE_BINDINGS, pathsIn, roleRef } from '../../identity/stage.ts';
import type { Attacker } from '../attack.ts';
import type { Attempt } from '../attempt.ts';
import { byRbac, ESCALATION } from '../barriers.ts';

const OPERATOR = 'system:serviceaccount:daypass-system:daypass-operator';
const TOKEN = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} };

/** By becoming the operator. */
export const BY_ITS_ACCOUNT: readonly Attempt[] = [
  {
    promise: 'P7',
    title: "takes a token of the operator's",
    ...byRbac('create', 'serviceaccounts/token'),
    run: (who) => who.create('/api/v1/namespaces/daypass-system/serviceaccounts/daypass-operator/token', TOKEN),
  },
  {
    promise: 'P7',
    title: 'impersonates the operator',
    ...byRbac('impersonate-on:serviceaccount:patch', 'accessrequests/status'),
    run: (who, { pending }) =>
      who.impersonating(OPERATOR).patch(`${pending}/status`, { status: { phase: 'Approved' } }),
  },
];

/** By other ways to access than to ask for it. RBAC alone stops all of them: there is nothing in Daypass that helps. */
export const BY_OTHER_WAYS: readonly Attempt[] = [
  ...BY_ITS_ACCOUNT,
  {
    promise: 'P1',
    title: 'gives themself a role that is wider than their own',
    right: ['create', 'rolebindings'],
    stoppedBy: ESCALATION,
    run: (who, { stage }) => bindTo(who, pathsIn(stage.namespace).bindings, 'cluster-admin'),
  },
  {
    promise: 'P3',
    title: 'gives themself a role in the whole cluster',
    ...byRbac('create', 'clusterrolebindings'),
    run: (who, { stage }) => bindTo(who, CLUSTER_ROLE_BINDINGS, stage.role),
  },
  {
    promise: 'P3',
    title: 'takes a token that outlives their grant',
    ...byRbac('create', 'serviceaccounts/token'),
    run: (who, { stage }) => who.create(`/api/v1/namespaces/${stage.namespace}/serviceaccounts/default/token`, TOKEN),
  },
  {
    promise: 'P4',
    title: 'impersonates another, to ask in their name',
    ...byRbac('impersonate-on:user-info:create', 'accessrequests'),
    run: (who, { stage }) => who.impersonating('lena').create(pathsIn(stage.namespace).requests, accessRequest(stage)),
  },
  {
    promise: 'P1',
    title: 'writes a policy that gives their role to anybody',
    ...byRbac('create', 'accesspolicies'),
    run: (who, { stage }) => who.create(POLICIES, accessPolicy({ roles: [stage.role] })),
  },
  {
    promise: 'P6',
    title: 'deletes an admission policy',
    ...byRbac('delete', 'validatingadmissionpolicies'),
    run: (who) => who.delete('/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/daypass-hold-identity'),
  },
  {
    promise: 'P6',
    title: 'makes an admission policy only warn',
    ...byRbac('patch', 'validatingadmissionpolicybindings'),
    run: (who) =>
      who.patch('/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings/daypass-hold-identity', {
        spec: { validationActions: ['Warn'] },
      }),
  },
  {
    promise: 'P3',
    title: 'takes the mark off a namespace in which nothing is granted',
    ...byRbac('patch', 'namespaces'),
    run: (who, { stage }) =>
      who.patch(`/api/v1/namespaces/${stage.namespace}`, { metadata: { labels: { 'daypass.dev/protected': null } } }),
  },
];

function bindTo(who: Attacker, path: string, role: string) {
  const { subjects } = roleBinding({ role }, { uid: '', user: who.name });
  return who.create(path, { metadata: { generateName: 'mine-' }, ...roleRef(role), subjects });
}
