import { ok } from '../../identity/answers.ts';
import { accessPolicy, type Grant, POLICIES } from '../../identity/grant.ts';
import type { Attempt } from '../attempt.ts';
import { validation } from '../barriers.ts';
import { lacking } from './policies.ts';

/** As many as a policy may name. Of these authors may bind every one, whether it exists or not. */
export const ROLES = Array.from({ length: 8 }, (_, n) => `role-${n}`);
const OF_OTHERS = 'role-of-others';

const GRANT = validation('daypass-policy-authors', 'who writes an Allow policy with spec.permissions needs the verb');
const READ_LOGS = { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] };

/** By those who may write policies, and bind {@link ROLES}. */
export const BY_AUTHORS_OF_EIGHT: readonly Attempt[] = ROLES.flatMap((_, place): Attempt[] => [
  {
    promise: 'P1',
    title: `creates a policy with a role that they may not bind, in place ${place} of the list`,
    right: ['create', 'accesspolicies'],
    stoppedBy: lacking(place),
    run: (who) => who.create(POLICIES, accessPolicy({ roles: ROLES.with(place, OF_OTHERS) })),
  },
  {
    promise: 'P1',
    title: `puts a role that they may not bind into a policy, in place ${place} of the list`,
    right: ['patch', 'accesspolicies'],
    stoppedBy: lacking(place),
    run: async (who, grant) =>
      who.patch(await policyOfOthers(grant, { roles: ROLES }), { spec: { roles: ROLES.with(place, OF_OTHERS) } }),
  },
]);

/** By those who may write policies, and bind the stage's role alone. */
export const BY_AUTHORS_OF_ONE: readonly Attempt[] = [
  {
    promise: 'P1',
    title: 'gives another role beside the one that they may bind',
    right: ['create', 'accesspolicies'],
    stoppedBy: lacking(1),
    run: (who, { stage }) => who.create(POLICIES, accessPolicy({ roles: [stage.role, OF_OTHERS] })),
  },
  {
    promise: 'P1',
    title: 'gives another role instead of the one that they may bind',
    right: ['patch', 'accesspolicies'],
    stoppedBy: lacking(0),
    run: async (who, grant) =>
      who.patch(await policyOfOthers(grant, { roles: [grant.stage.role] }), { spec: { roles: [OF_OTHERS] } }),
  },
];

/** On the policies of others, and by permissions, by those who may write policies. */
export const BY_AUTHORS: readonly Attempt[] = [
  ...(
    [
      ['makes it last longer', { duration: { max: '12h' } }],
      ['opens it to others', { requesters: [{ kind: 'Group', name: 'developers' }] }],
      ['lets it approve by itself', { approval: { automatic: true, required: null } }],
    ] as const
  ).map(
    ([how, spec]): Attempt => ({
      promise: 'P3',
      title: `widens a policy whose role they may not bind: ${how}`,
      right: ['patch', 'accesspolicies'],
      stoppedBy: lacking(0),
      run: async (who, grant) => {
        const approval = { required: [{ reviewers: [{ kind: 'Group', name: 'leads' }], count: 1 }] };
        return who.patch(await policyOfOthers(grant, { roles: [OF_OTHERS], approval }), { spec });
      },
    }),
  ),
  {
    promise: 'P1',
    title: 'turns the Deny of another into an Allow',
    right: ['patch', 'accesspolicies'],
    stoppedBy: lacking(0),
    run: async (who, grant) => {
      const deny = { effect: 'Deny', duration: null, approval: null, roles: [OF_OTHERS] };
      const allow = { effect: null, duration: { max: '1h' }, approval: { automatic: true } };
      return who.patch(await policyOfOthers(grant, deny), { spec: allow });
    },
  },
  {
    promise: 'P1',
    title: 'creates a policy that gives permissions without a role',
    right: ['create', 'accesspolicies'],
    stoppedBy: GRANT,
    run: (who) => who.create(POLICIES, accessPolicy({ permissions: [READ_LOGS] })),
  },
  {
    promise: 'P1',
    title: 'puts permissions into a policy',
    right: ['patch', 'accesspolicies'],
    stoppedBy: GRANT,
    run: async (who, grant) => who.patch(await policyOfOthers(grant, {}), { spec: { permissions: [READ_LOGS] } }),
  },
];

/** A policy that is there, by an administrator; its path. */
async function policyOfOthers({ stage }: Grant, spec: object): Promise<string> {
  return `${POLICIES}/${ok(await stage.admin.create(POLICIES, accessPolicy(spec))).metadata.name}`;
}
