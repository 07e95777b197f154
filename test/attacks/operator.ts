import { OPERATOR_NAME, OPERATOR_NAMESPACE } from '../../src/api/names.ts';
import { operatorWith } from '../identity/insiders.ts';
import { serviceAccount } from '../identity/stage.ts';
import { BY_BINDING_ANY_ROLE, BY_BINDINGS } from './on/operator/bindings.ts';
import { BY_JOBS } from './on/operator/jobs.ts';
import { ON_PLACES, ON_WHAT_IS_THERE } from './on/operator/places.ts';
import { ON_DECISIONS, ON_RECORDS } from './on/operator/records.ts';
import { BY_ANY_ROLES, BY_ROLES_BEYOND_ITS_OWN } from './on/operator/roles.ts';
import { ON_SPECS } from './on/specs.ts';
import type { Side } from './side.ts';

const name = `system:serviceaccount:${OPERATOR_NAMESPACE}:${OPERATOR_NAME}`;
const SWEEP = 'daypass-sweep';
const RBAC = ['rbac.authorization.k8s.io'];

const BY_TOKEN = [...BY_BINDINGS, ...BY_JOBS, ...ON_PLACES, ...ON_WHAT_IS_THERE, ...ON_RECORDS, ...ON_SPECS];

/** Whoever got hold of the operator's token, with the rights of deploy/rbac. */
export const TOKEN_HOLDER: Side = {
  who: "the holder of the operator's token",
  enlist: async ({ operator }) => ({ ...operator, name }),
  may: [
    'create rolebindings',
    'delete rolebindings',
    'create roles',
    'delete roles',
    'create jobs',
    'delete jobs',
    'patch accessrequests',
    'delete accessrequests',
    'patch accessreviews',
  ],
  attacks: [...BY_TOKEN, ...BY_ROLES_BEYOND_ITS_OWN, ...ON_DECISIONS],
};

/** Whoever got hold of a token of Daypass, with the rights of deploy/rbac, and with more by mistake. */
export const OPERATORS: readonly Side[] = [
  TOKEN_HOLDER,
  {
    who: "the holder of the operator's token whom RBAC lets do more by mistake",
    enlist: async (stage) => ({
      ...(await operatorWith(stage, [
        { apiGroups: ['daypass.dev'], resources: ['accessrequests', 'accessreviews'], verbs: ['update'] },
        { apiGroups: ['batch'], resources: ['jobs'], verbs: ['patch'] },
        { apiGroups: RBAC, resources: ['rolebindings'], verbs: ['patch'] },
        { apiGroups: RBAC, resources: ['clusterrolebindings'], verbs: ['create'] },
        { apiGroups: RBAC, resources: ['clusterroles'], verbs: ['create', 'delete'] },
        { apiGroups: RBAC, resources: ['roles'], verbs: ['bind', 'escalate'] },
      ])),
      name,
    }),
    attacks: [...BY_TOKEN, ...BY_BINDING_ANY_ROLE, ...BY_ANY_ROLES],
  },
  {
    who: "the holder of the sweep's token",
    enlist: async ({ admin }) => ({ ...(await serviceAccount(admin, OPERATOR_NAMESPACE, SWEEP)), name: SWEEP }),
    may: ['delete rolebindings', 'delete jobs'],
    attacks: [...ON_WHAT_IS_THERE, ...BY_BINDINGS, ...BY_JOBS, ...ON_RECORDS, ...ON_DECISIONS],
  },
];
