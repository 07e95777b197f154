import { FINALIZER, GRANTABLE_LABEL } from '../../../../src/api/names.ts';
import { ok } from '../../../identity/answers.ts';
import { accessPolicy, type Grant, POLICIES } from '../../../identity/grant.ts';
import { CLUSTER_ROLES, pathsIn } from '../../../identity/stage.ts';
import type { Attempt } from '../../attempt.ts';
import { byRbac, validation } from '../../barriers.ts';

const HOLD = 'daypass-hold-objects';
const LEASES = '/apis/coordination.k8s.io/v1/namespaces/daypass-system/leases';

/** On what people asked for and decided, of which the operator may say what it makes of it. */
export const ON_RECORDS: readonly Attempt[] = [
  ...(
    [
      ['of another kind', { kind: 'AccessReview' }],
      ['of another group', { apiVersion: 'v1', kind: 'ConfigMap' }],
      ['of another name', { name: 'other' }],
      ['of another uid, such as a binding that it would hold up', { uid: crypto.randomUUID() }],
      ['that it controls', { controller: true }],
      ['that it holds up', { blockOwnerDeletion: true }],
    ] as const
  ).map(
    ([which, change]): Attempt => ({
      promise: 'P5',
      title: `gives a review an owner ${which}`,
      right: ['patch', 'accessreviews'],
      stoppedBy: validation(HOLD, 'the operator gives a review its own request as an owner'),
      run: async (who, grant) => who.patch(grant.review, ownedBy({ ...(await ownerOf(grant)), ...change })),
    }),
  ),
  {
    promise: 'P5',
    title: 'gives a review a second owner',
    right: ['patch', 'accessreviews'],
    stoppedBy: validation(HOLD, 'the operator gives a review its own request as an owner'),
    run: async (who, grant) => {
      const second = { apiVersion: 'v1', kind: 'ConfigMap', name: 'mine', uid: crypto.randomUUID() };
      return who.patch(grant.review, ownedBy(await ownerOf(grant), second));
    },
  },
  {
    promise: 'P5',
    title: 'gives a request an owner',
    right: ['patch', 'accessrequests'],
    stoppedBy: validation(HOLD, 'the operator gives a review its own request as an owner'),
    run: async (who, grant) => who.patch(grant.pending, ownedBy(await ownerOf(grant))),
  },
  {
    promise: 'P5',
    title: 'deletes a request that waits',
    right: ['delete', 'accessrequests'],
    stoppedBy: validation('daypass-hold-deletion', 'the operator deletes no request that has not ended'),
    run: (who, { pending }) => who.delete(pending),
  },
  {
    promise: 'P5',
    title: 'holds a review by the finalizer of requests',
    right: ['patch', 'accessreviews'],
    stoppedBy: validation(HOLD, 'requests and reviews get no finalizers of others'),
    run: (who, { review }) => who.patch(review, { metadata: { finalizers: [FINALIZER] } }),
  },
];

/** On what decides, which RBAC alone keeps from the operator. */
export const ON_DECISIONS: readonly Attempt[] = [
  {
    promise: 'P1',
    title: 'asks for access',
    ...byRbac('create', 'accessrequests'),
    run: (who, { stage }) => who.create(pathsIn(stage.namespace).requests, {}),
  },
  {
    promise: 'P1',
    title: 'approves access',
    ...byRbac('create', 'accessreviews'),
    run: (who, { stage }) => who.create(pathsIn(stage.namespace).reviews, {}),
  },
  {
    promise: 'P1',
    title: 'writes a policy',
    ...byRbac('create', 'accesspolicies'),
    run: (who, { stage }) => who.create(POLICIES, accessPolicy({ roles: [stage.role] })),
  },
  {
    promise: 'P7',
    title: 'marks cluster-admin as grantable',
    ...byRbac('patch', 'clusterroles'),
    run: (who) => who.patch(`${CLUSTER_ROLES}/cluster-admin`, { metadata: { labels: { [GRANTABLE_LABEL]: 'true' } } }),
  },
  {
    promise: 'P7',
    title: 'writes a ConfigMap in its namespace other than its checkpoint',
    ...byRbac('patch', 'configmaps'),
    run: (who) => who.patch('/api/v1/namespaces/daypass-system/configmaps/other', { data: {} }),
  },
  {
    promise: 'P7',
    title: 'takes the Lease of somebody else in its namespace',
    ...byRbac('patch', 'leases'),
    run: (who) => who.patch(`${LEASES}/other`, { spec: { holderIdentity: 'mine' } }),
  },
  {
    promise: 'P7',
    title: 'creates a Lease in its namespace',
    ...byRbac('create', 'leases'),
    run: (who) => who.create(LEASES, { metadata: { name: 'other' } }),
  },
];

/** The request that the review is about, as the operator refers to it. */
async function ownerOf({ stage, pending }: Grant) {
  const { name, uid } = ok(await stage.admin.get(pending)).metadata;
  return { apiVersion: 'daypass.dev/v1alpha1', kind: 'AccessRequest', name, uid };
}

function ownedBy(...ownerReferences: readonly object[]) {
  return { metadata: { ownerReferences } };
}
