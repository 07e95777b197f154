import { managed } from '../../../identity/grant.ts';
import { CLUSTER_ROLES, READ_SECRETS, type Rule, type Stage, pathsIn } from '../../../identity/stage.ts';
import type { Attacker } from '../../attack.ts';
import type { Attempt } from '../../attempt.ts';
import { ESCALATION, validation } from '../../barriers.ts';

const FENCE = 'daypass-fence-roles';
const READ_PODS: Rule = { apiGroups: [''], resources: ['pods', 'pods/log'], verbs: ['get'] };
const EVERYTHING: Rule = { apiGroups: ['*'], resources: ['*'], verbs: ['*'] };
const WRITE_BINDINGS: Rule = {
  apiGroups: ['rbac.authorization.k8s.io'],
  resources: ['rolebindings'],
  verbs: ['update'],
};

/** By making Roles over what nobody marked for the operator. */
export const BY_ROLES_BEYOND_ITS_OWN: readonly Attempt[] = [WRITE_BINDINGS, READ_SECRETS, EVERYTHING].map((rule) => ({
  promise: 'P7',
  title: `creates a Role that may ${rule.verbs.join()} ${rule.resources.join()}`,
  right: ['create', 'roles'],
  stoppedBy: ESCALATION,
  run: (who, { stage }) => define(who, stage, [rule]),
}));

const REACHES = validation(FENCE, 'the rules of a granted Role do not reach into');
const ONE_BY_ONE = validation(FENCE, 'the rules of a granted Role name apiGroups, resources and verbs one by one');
const READS = validation(FENCE, 'the rules of a granted Role only read in batch');
const IN_BATCH = { apiGroups: ['batch'], verbs: ['get', 'create'] };

/** By making Roles, where RBAC lets the operator make any. */
export const BY_ANY_ROLES: readonly Attempt[] = [
  ...['rbac.authorization.k8s.io', 'daypass.dev', 'coordination.k8s.io', 'admissionregistration.k8s.io'].map(
    (group): Attempt => ({
      promise: 'P7',
      title: `creates a Role that reaches into ${group}`,
      right: ['create', 'roles'],
      stoppedBy: REACHES,
      run: (who, { stage }) =>
        define(who, stage, [READ_PODS, { apiGroups: ['', group], resources: ['things'], verbs: ['get'] }]),
    }),
  ),
  ...(
    [
      ['a wildcard in apiGroups', { ...READ_PODS, apiGroups: ['*'] }, ONE_BY_ONE],
      ['a wildcard in resources', { ...READ_PODS, resources: ['*'] }, ONE_BY_ONE],
      ['a wildcard in subresources', { ...READ_PODS, resources: ['*/log'] }, ONE_BY_ONE],
      ['a wildcard in verbs', { ...READ_PODS, verbs: ['*'] }, ONE_BY_ONE],
      ['Jobs to write', { ...IN_BATCH, resources: ['jobs'] }, READS],
      ['CronJobs to write', { ...IN_BATCH, resources: ['cronjobs'] }, READS],
    ] as const
  ).map(
    ([what, rule, stoppedBy]): Attempt => ({
      promise: 'P7',
      title: `creates a Role with ${what}`,
      right: ['create', 'roles'],
      stoppedBy,
      run: (who, { stage }) => define(who, stage, [rule]),
    }),
  ),
  ...(
    [
      ['under a name of its own', { name: 'mine' }],
      ['without an owner', { ownerReferences: [] }],
      ['that something owns which stays', { ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', ...other() }] }],
    ] as const
  ).map(
    ([how, metadata]): Attempt => ({
      promise: 'P2',
      title: `creates a Role ${how}`,
      right: ['create', 'roles'],
      stoppedBy: validation(FENCE, 'a granted Role is named daypass-<uid of its request>'),
      run: (who, { stage }) => define(who, stage, [READ_PODS], { metadata }),
    }),
  ),
  {
    promise: 'P3',
    title: 'creates a ClusterRole',
    right: ['create', 'clusterroles'],
    stoppedBy: validation('daypass-fence-objects', 'the operator grants by RoleBindings in namespaces'),
    run: (who, { stage }) => define(who, stage, [], { path: CLUSTER_ROLES }),
  },
  {
    promise: 'P7',
    title: 'deletes a ClusterRole',
    right: ['delete', 'clusterroles'],
    stoppedBy: validation('daypass-fence-objects', 'the operator and the sweep make and delete only what is labelled'),
    elseBy: validation('daypass-fence-objects', 'the operator grants by RoleBindings in namespaces'),
    run: (who, { stage }) => who.delete(`${CLUSTER_ROLES}/${stage.role}`),
  },
];

/** Creates the Role of a grant by permission with these rules, that differs in one way. */
function define(
  who: Attacker,
  { namespace }: Stage,
  rules: readonly Rule[],
  { metadata = {}, path = pathsIn(namespace).roles }: { metadata?: object; path?: string } = {},
) {
  const own = managed(crypto.randomUUID(), 3600);
  const ownerReferences = [{ apiVersion: 'batch/v1', kind: 'Job', ...other(), name: own.name }];
  return who.create(path, { metadata: { ...own, ownerReferences, ...metadata }, rules });
}

function other() {
  return { name: 'mine', uid: crypto.randomUUID() };
}
