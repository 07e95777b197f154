import { refusedBy } from '../answers.ts';
import { accessPolicy, POLICIES } from '../grant.ts';
import type { Attack } from './attack.ts';

/** On who may have what. More of them by authors in policies.test.ts. */
export const ON_POLICIES: readonly Attack[] = [
  {
    title: 'creates a policy that gives a role which they may bind only here',
    right: ['create', 'accesspolicies'],
    refusal: refusedBy('daypass-policy-authors', 'who writes an Allow policy needs the verb bind on every ClusterRole'),
    run: (who, { stage }) => who.create(POLICIES, accessPolicy({ roles: [stage.role] })),
  },
];
