import { MANAGED_BY, MANAGED_BY_LABEL, managedName } from '../../../src/api/names.ts';
import { refusedBy } from '../answers.ts';
import { fuse, roleBinding } from '../grant.ts';
import { pathsIn } from '../stage.ts';
import type { Attack } from './attack.ts';

const creations = refusedBy(
  'daypass-managed-objects',
  'only the operator creates what is labelled app.kubernetes.io/managed-by: daypass',
);
const label = { [MANAGED_BY_LABEL]: MANAGED_BY };

/** By making what looks like Daypass's own. */
export const ON_NAMES: readonly Attack[] = [
  {
    title: 'creates a RoleBinding with the label',
    right: ['create', 'rolebindings'],
    refusal: creations,
    run: (who, { stage }) => {
      const binding = roleBinding(stage, { uid: crypto.randomUUID(), user: 'mallory' });
      return who.create(pathsIn(stage.namespace).bindings, { ...binding, metadata: { name: 'mine', labels: label } });
    },
  },
  {
    title: 'creates a RoleBinding under a reserved name',
    right: ['create', 'rolebindings'],
    refusal: creations,
    run: (who, { stage }) => {
      const binding = roleBinding(stage, { uid: crypto.randomUUID(), user: 'mallory' });
      return who.create(pathsIn(stage.namespace).bindings, { ...binding, metadata: { name: binding.metadata.name } });
    },
  },
  {
    title: 'creates a Role with the label',
    right: ['create', 'roles'],
    refusal: creations,
    run: (who, { stage }) => who.create(pathsIn(stage.namespace).roles, { metadata: { name: 'mine', labels: label } }),
  },
  {
    title: 'creates a Role under a reserved name',
    right: ['create', 'roles'],
    refusal: creations,
    run: (who, { stage }) =>
      who.create(pathsIn(stage.namespace).roles, { metadata: { name: managedName(crypto.randomUUID()) } }),
  },
  {
    title: 'creates a Job with the label',
    right: ['create', 'jobs'],
    refusal: creations,
    run: (who, { stage }) => {
      const job = fuse({ uid: crypto.randomUUID(), name: 'ask' });
      return who.create(pathsIn(stage.namespace).jobs, { ...job, metadata: { name: 'mine', labels: label } });
    },
  },
  {
    title: 'plants a Job under the name that the operator will use',
    right: ['create', 'jobs'],
    refusal: creations,
    run: async (who, { stage, pending }) => {
      const { uid = '' } = (await stage.admin.get(pending)).body.metadata ?? {};
      const job = { ...fuse({ uid, name: 'ask' }), metadata: { name: managedName(uid) } };
      return who.create(pathsIn(stage.namespace).jobs, job);
    },
  },
];
