import { GRANTABLE_LABEL } from '../../../src/api/names.ts';
import { refusedBy } from '../answers.ts';
import { CLUSTER_ROLES } from '../stage.ts';
import type { Attack } from './attack.ts';

const marked = { [GRANTABLE_LABEL]: 'true' };
const readSecrets = { apiGroups: [''], resources: ['secrets'], verbs: ['get'] };

const REFUSED = refusedBy('daypass-grantable-roles', 'marking a ClusterRole daypass.dev/grantable, or changing one');

/** On what the operator may hand out. */
export const ON_ROLES: readonly Attack[] = [
  {
    title: 'adds Secrets to the granted ClusterRole',
    right: ['patch', 'clusterroles'],
    refusal: REFUSED,
    run: (who, { stage }) => who.patch(`${CLUSTER_ROLES}/${stage.role}`, { rules: [readSecrets] }),
  },
  {
    title: 'creates a ClusterRole that the operator may already bind',
    right: ['create', 'clusterroles'],
    refusal: REFUSED,
    run: (who, { stage }) => who.create(CLUSTER_ROLES, { metadata: { name: stage.absentRole }, rules: [readSecrets] }),
  },
  {
    title: 'marks a ClusterRole as grantable',
    right: ['patch', 'clusterroles'],
    refusal: REFUSED,
    run: (who, { stage }) =>
      who.patch(`${CLUSTER_ROLES}/${stage.namespace}-unmarked`, { metadata: { labels: marked } }),
  },
  {
    title: 'creates a ClusterRole marked as grantable',
    right: ['create', 'clusterroles'],
    refusal: REFUSED,
    run: (who) =>
      who.create(CLUSTER_ROLES, { metadata: { generateName: 'mine-', labels: marked }, rules: [readSecrets] }),
  },
  {
    title: 'changes a ClusterRole that is marked as grantable',
    right: ['patch', 'clusterroles'],
    refusal: REFUSED,
    run: (who, { stage }) => who.patch(`${CLUSTER_ROLES}/${stage.namespace}-grantable`, { rules: [readSecrets] }),
  },
];
