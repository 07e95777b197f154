import { ok } from '../../identity/answers.ts';
import { accessPolicy, POLICIES } from '../../identity/grant.ts';
import type { Attempt } from '../attempt.ts';
import { type Validation, validation } from '../barriers.ts';

const READY = {
  type: 'Ready',
  status: 'True',
  reason: 'Ready',
  message: '',
  lastTransitionTime: '2026-12-01T09:00:00Z',
};

/** The validation that looks at the role in this place of `spec.roles`. */
export function lacking(place: number): Validation {
  const says = 'who writes an Allow policy needs the verb bind on every ClusterRole in spec.roles';
  return validation('daypass-policy-authors', says, { nth: place, told: `${says}, and you lack it on ` });
}

/** On who may have what, by people who may bind the stage's role, and only in its namespace. More in authors.ts. */
export const ON_POLICIES: readonly Attempt[] = [
  {
    promise: 'P1',
    title: 'creates a policy that gives a role which they may bind only here',
    right: ['create', 'accesspolicies'],
    stoppedBy: lacking(0),
    run: (who, { stage }) => who.create(POLICIES, accessPolicy({ roles: [stage.role] })),
  },
  {
    promise: 'P6',
    title: 'says of a policy that it is ready',
    right: ['patch', 'accesspolicies/status'],
    stoppedBy: validation('daypass-hold-accesspolicies', 'only the operator writes the status of a policy'),
    run: async (who, { stage }) => {
      const { name } = ok(await stage.admin.create(POLICIES, accessPolicy({}))).metadata;
      return who.patch(`${POLICIES}/${name}/status`, { status: { conditions: [READY] } });
    },
  },
];
