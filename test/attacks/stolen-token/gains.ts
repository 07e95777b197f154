import { vi } from 'vitest';
import { managedName } from '../../../src/api/names.ts';
import { ok } from '../../identity/answers.ts';
import type { Answer, Caller } from '../../identity/caller.ts';
import { accessPolicy, accessRequest, event, fuse, type Grant, POLICIES, roleBinding } from '../../identity/grant.ts';
import { pathsIn } from '../../identity/stage.ts';
import { kubectl } from '../../support/kubectl.ts';
import { sharedControlPlane } from '../../support/shared.ts';

/** What the API server lets the operator do, put to another use than it is there for: it gives no more than a grant could. */
export interface Gain {
  readonly title: string;
  /** As RBAC says it. */
  readonly right: string;
  readonly run: (operator: Caller, grant: Grant) => Promise<Answer>;
  /** What it gives, in words, and whether that is all: the API server's own word for it. */
  readonly gives: string;
  readonly isAll: (grant: Grant) => Promise<boolean>;
}

const MALLORY = 'mallory';
const NO_ACCESS = {
  gives: 'no access',
  isAll: async (grant: Grant) => !(await may(MALLORY, 'get pods', grant)),
};

/** Everything that succeeds. */
export const GAINS: readonly Gain[] = [
  {
    title: 'binds what may be granted to one person, for an hour, with a fuse',
    right: 'create rolebindings',
    run: async (operator, { stage }) => {
      const { requests, bindings, jobs } = pathsIn(stage.namespace);
      // One that is there: Kubernetes collects what has an owner that is not.
      const { uid, name } = ok(await stage.admin.create(requests, accessRequest(stage))).metadata;
      const lit = await operator.create(jobs, fuse({ uid, name }));
      if (lit.code >= 300) return lit;
      const { uid: fuseUid } = ok(await stage.admin.get(`${jobs}/${managedName(uid)}`)).metadata;
      return operator.create(bindings, roleBinding(stage, { uid, fuseUid, user: 'trudy' }));
    },
    gives: 'what a grant gives',
    isAll: async (grant) => {
      await vi.waitFor(async () => {
        if (!(await may('trudy', 'get pods', grant))) throw new Error('not in force yet');
      });
      const more = ['get secrets', 'create pods', 'create rolebindings', 'create accesspolicies'];
      const held = await Promise.all(more.map((right) => may('trudy', right, grant)));
      return held.every((each) => !each);
    },
  },
  {
    title: 'makes a Role of what it holds itself, without a binding',
    right: 'create roles',
    run: (operator, { stage }) => {
      const { metadata } = roleBinding(stage, { uid: crypto.randomUUID(), user: MALLORY });
      const rules = [{ apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create'] }];
      return operator.create(pathsIn(stage.namespace).roles, { metadata, rules });
    },
    gives: 'no access',
    isAll: async (grant) => !(await may(MALLORY, 'create events.events.k8s.io', grant)),
  },
  {
    title: 'says that a request is approved and active',
    right: 'patch accessrequests/status',
    run: (operator, { pending }) => {
      const times = { grantedAt: '2026-12-01T09:00:00Z', expiresAt: '2099-01-01T00:00:00Z', duration: '12h' };
      const reviews = { required: 1, approvedBy: [MALLORY] };
      return operator.patch(`${pending}/status`, { status: { phase: 'Active', reviews, ...times } });
    },
    ...NO_ACCESS,
  },
  {
    title: 'says that a request has ended, and deletes it',
    right: 'delete accessrequests',
    run: async (operator, { stage }) => {
      const { requests } = pathsIn(stage.namespace);
      const { name } = ok(await stage.admin.create(requests, accessRequest(stage))).metadata;
      ok(await operator.patch(`${requests}/${name}/status`, { status: { endedAt: '2026-12-01T09:00:00Z' } }));
      return operator.delete(`${requests}/${name}`);
    },
    ...NO_ACCESS,
  },
  {
    title: 'changes the spec of a request beside its status',
    right: 'patch accessrequests/status',
    run: (operator, { pending }) =>
      operator.patch(`${pending}/status`, { spec: { duration: '12h' }, status: { phase: 'Active' } }),
    gives: 'no change of the spec',
    isAll: async ({ stage, pending }) => says(await stage.admin.get(pending), '"duration":"1h"'),
  },
  {
    title: 'says that a review counts, and that it is an Approve',
    right: 'patch accessreviews/status',
    run: (operator, { review }) =>
      operator.patch(`${review}/status`, { spec: { decision: 'Approve' }, status: { accepted: true } }),
    gives: 'no change of what was decided',
    isAll: async ({ stage, review }) => says(await stage.admin.get(review), '"decision":"Deny"'),
  },
  {
    title: 'gives mallory a place in a policy beside its status',
    right: 'patch accesspolicies/status',
    run: async (operator, { stage }) => {
      const { name } = ok(await stage.admin.create(POLICIES, accessPolicy({ roles: [stage.role] }))).metadata;
      const spec = { requesters: [{ kind: 'User', name: MALLORY }] };
      return operator.patch(`${POLICIES}/${name}/status`, { spec, status: { observedGeneration: 1 } });
    },
    ...NO_ACCESS,
  },
  {
    title: 'tells of a grant that never was',
    right: 'create events',
    run: (operator, { stage }) =>
      operator.create(pathsIn(stage.namespace).events, event(stage, `daypass.${crypto.randomUUID()}.1`)),
    ...NO_ACCESS,
  },
  {
    title: 'asks what others may do, and learns it',
    right: 'create subjectaccessreviews',
    run: (operator) => {
      const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
      return operator.create(path, { spec: { user: MALLORY, resourceAttributes: { verb: 'get', resource: 'pods' } } });
    },
    ...NO_ACCESS,
  },
  {
    title: 'forgets how far the record was delivered',
    right: 'patch configmaps',
    run: (operator) =>
      operator.patch('/api/v1/namespaces/daypass-system/configmaps/daypass-checkpoint', { data: null }),
    ...NO_ACCESS,
  },
  {
    title: 'leads in the place of the operator, which then grants nothing',
    right: 'patch leases',
    run: (operator) => {
      const path = '/apis/coordination.k8s.io/v1/namespaces/daypass-system/leases/daypass-operator';
      return operator.patch(path, { spec: { holderIdentity: MALLORY, leaseDurationSeconds: 3600 } });
    },
    ...NO_ACCESS,
  },
];

async function may(user: string, right: string, { stage }: Grant): Promise<boolean> {
  const ask = ['auth', 'can-i', ...right.split(' '), `--namespace=${stage.namespace}`, `--as=${user}`];
  return (await kubectl(ask, sharedControlPlane())).stdout.trim() === 'yes';
}

function says({ body }: Answer, text: string): boolean {
  return JSON.stringify(body.spec).includes(text);
}
