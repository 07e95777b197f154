import { GRANTABLE_LABEL } from '../../../src/api/names.ts';
import { CLUSTER_ROLES, READ_SECRETS } from '../../identity/stage.ts';
import type { Attempt } from '../attempt.ts';
import { validation } from '../barriers.ts';

const MARKED = { [GRANTABLE_LABEL]: 'true' };

const stoppedBy = validation('daypass-grantable-roles', 'marking a ClusterRole daypass.dev/grantable, or changing one');

/** On what the operator may hand out. */
export const ON_ROLES: readonly Attempt[] = [
  {
    promise: 'P3',
    title: 'adds Secrets to the granted ClusterRole',
    right: ['patch', 'clusterroles'],
    stoppedBy,
    run: (who, { stage }) => who.patch(`${CLUSTER_ROLES}/${stage.role}`, { rules: [READ_SECRETS] }),
  },
  {
    promise: 'P3',
    title: 'creates a ClusterRole that the operator may already bind',
    right: ['create', 'clusterroles'],
    stoppedBy,
    run: (who, { stage }) => who.create(CLUSTER_ROLES, { metadata: { name: stage.absentRole }, rules: [READ_SECRETS] }),
  },
  {
    promise: 'P3',
    title: 'marks a ClusterRole as grantable',
    right: ['patch', 'clusterroles'],
    stoppedBy,
    run: (who, { stage }) =>
      who.patch(`${CLUSTER_ROLES}/${stage.namespace}-unmarked`, { metadata: { labels: MARKED } }),
  },
  {
    promise: 'P3',
    title: 'creates a ClusterRole marked as grantable',
    right: ['create', 'clusterroles'],
    stoppedBy,
    run: (who) =>
      who.create(CLUSTER_ROLES, { metadata: { generateName: 'mine-', labels: MARKED }, rules: [READ_SECRETS] }),
  },
  {
    promise: 'P3',
    title: 'changes a ClusterRole that is marked as grantable',
    right: ['patch', 'clusterroles'],
    stoppedBy,
    run: (who, { stage }) => who.patch(`${CLUSTER_ROLES}/${stage.namespace}-grantable`, { rules: [READ_SECRETS] }),
  },
];
