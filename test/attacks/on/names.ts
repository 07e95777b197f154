import { MANAGED_BY, MANAGED_BY_LABEL, managedName } from '../../../src/api/names.ts';
import { fuse, roleBinding } from '../../identity/grant.ts';
import { pathsIn } from '../../identity/stage.ts';
import type { Attempt } from '../attempt.ts';
import { validation } from '../barriers.ts';

const LABEL = { [MANAGED_BY_LABEL]: MANAGED_BY };
const stoppedBy = validation('daypass-managed-objects', 'only the operator creates what is labelled');

/** By making what looks like Daypass's own. */
export const ON_NAMES: readonly Attempt[] = [
  {
    promise: 'P1',
    title: 'creates a RoleBinding with the label',
    right: ['create', 'rolebindings'],
    stoppedBy,
    run: (who, { stage }) => {
      const binding = roleBinding(stage, { uid: crypto.randomUUID(), user: who.name });
      return who.create(pathsIn(stage.namespace).bindings, { ...binding, metadata: { name: 'mine', labels: LABEL } });
    },
  },
  {
    promise: 'P1',
    title: 'creates a RoleBinding under a reserved name',
    right: ['create', 'rolebindings'],
    stoppedBy,
    run: (who, { stage }) => {
      const binding = roleBinding(stage, { uid: crypto.randomUUID(), user: who.name });
      return who.create(pathsIn(stage.namespace).bindings, { ...binding, metadata: { name: binding.metadata.name } });
    },
  },
  {
    promise: 'P3',
    title: 'creates a Role with the label',
    right: ['create', 'roles'],
    stoppedBy,
    run: (who, { stage }) => who.create(pathsIn(stage.namespace).roles, { metadata: { name: 'mine', labels: LABEL } }),
  },
  {
    promise: 'P3',
    title: 'plants a Role under the name that the operator will bind',
    right: ['create', 'roles'],
    stoppedBy,
    run: async (who, { stage, pending }) => {
      const { uid = '' } = (await stage.admin.get(pending)).body.metadata ?? {};
      return who.create(pathsIn(stage.namespace).roles, { metadata: { name: managedName(uid) } });
    },
  },
  {
    promise: 'P2',
    title: 'creates a Job with the label',
    right: ['create', 'jobs'],
    stoppedBy,
    run: (who, { stage }) => {
      const job = fuse({ uid: crypto.randomUUID(), name: 'ask' });
      return who.create(pathsIn(stage.namespace).jobs, { ...job, metadata: { name: 'mine', labels: LABEL } });
    },
  },
  {
    promise: 'P2',
    title: 'plants a Job under the name that the operator will use',
    right: ['create', 'jobs'],
    stoppedBy,
    run: async (who, { stage, pending }) => {
      const { uid = '' } = (await stage.admin.get(pending)).body.metadata ?? {};
      const job = { ...fuse({ uid, name: 'ask' }), metadata: { name: managedName(uid) } };
      return who.create(pathsIn(stage.namespace).jobs, job);
    },
  },
];
