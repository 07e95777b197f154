import { ok } from '../../../identity/answers.ts';
import { fuse, roleBinding } from '../../../identity/grant.ts';
import { CLUSTER_ROLE_BINDINGS, pathsIn } from '../../../identity/stage.ts';
import { uniqueName } from '../../../support/shared.ts';
import type { Attempt } from '../../attempt.ts';
import { validation } from '../../barriers.ts';
import { bind, light, protectedNamespace } from './made.ts';

const FENCE = 'daypass-fence-objects';
const LABELLED = validation(FENCE, 'the operator and the sweep make and delete only what is labelled');
const GOES = validation(FENCE, 'what the operator makes goes when it is deleted');
const NEVER_CHANGES = validation(FENCE, 'the operator never changes what it made');
const KUBE = validation(FENCE, 'the operator grants nothing in namespaces named kube-*');
const OWN = validation(FENCE, 'the operator makes nothing in its own namespace but Jobs');
const PROTECTED = validation(FENCE, 'the operator grants nothing in namespaces labelled daypass.dev/protected');

const KEPT = { finalizers: ['example.com/forever'] };

/** On where the operator may lay hands at all, by what would be in order elsewhere. */
export const ON_PLACES: readonly Attempt[] = (
  [
    { kind: 'binding', right: ['create', 'rolebindings'], make: bind },
    { kind: 'Job', right: ['create', 'jobs'], make: light },
  ] as const
).flatMap(({ kind, right, make }): Attempt[] => [
  {
    promise: 'P7',
    title: `creates a ${kind} without its label`,
    right,
    stoppedBy: LABELLED,
    run: (who, { stage }) => make(who, stage, { metadata: { labels: {} } }),
  },
  {
    promise: 'P2',
    title: `creates a ${kind} that a finalizer would keep`,
    right,
    stoppedBy: GOES,
    run: (who, { stage }) => make(who, stage, { metadata: KEPT }),
  },
  ...['kube-system', 'kube-public'].map(
    (namespace): Attempt => ({
      promise: 'P7',
      title: `creates a ${kind} in ${namespace}`,
      right,
      stoppedBy: KUBE,
      run: (who, { stage }) => make(who, stage, { namespace }),
    }),
  ),
  {
    promise: 'P7',
    title: `creates a ${kind} in its own namespace`,
    right,
    stoppedBy: OWN,
    run: (who, { stage }) => make(who, stage, { namespace: 'daypass-system' }),
  },
  {
    promise: 'P7',
    title: `creates a ${kind} in a protected namespace`,
    right,
    stoppedBy: PROTECTED,
    run: async (who, { stage }) => make(who, stage, { namespace: await protectedNamespace(stage) }),
  },
]);

/** On what is not the operator's, and on what it made. */
export const ON_WHAT_IS_THERE: readonly Attempt[] = [
  {
    promise: 'P7',
    title: 'deletes the binding of somebody else',
    right: ['delete', 'rolebindings'],
    stoppedBy: LABELLED,
    run: async (who, { stage }) => {
      const { bindings } = pathsIn(stage.namespace);
      const binding = { ...roleBinding(stage, { uid: '', user: 'dana' }), metadata: { name: uniqueName('foreign') } };
      const { name } = ok(await stage.admin.create(bindings, binding)).metadata;
      return who.delete(`${bindings}/${name}`);
    },
  },
  {
    promise: 'P7',
    title: 'deletes the Job of somebody else',
    right: ['delete', 'jobs'],
    stoppedBy: LABELLED,
    run: async (who, { stage }) => {
      const { jobs } = pathsIn(stage.namespace);
      const job = { ...fuse({ uid: 'none', name: '' }), metadata: { name: uniqueName('foreign') } };
      const { name } = ok(await stage.admin.create(jobs, job)).metadata;
      return who.delete(`${jobs}/${name}`, { propagationPolicy: 'Background' });
    },
  },
  {
    promise: 'P7',
    title: 'deletes the Role of somebody else',
    right: ['delete', 'roles'],
    stoppedBy: LABELLED,
    run: async (who, { stage }) => {
      const { roles } = pathsIn(stage.namespace);
      const { name } = ok(await stage.admin.create(roles, { metadata: { name: uniqueName('foreign') } })).metadata;
      return who.delete(`${roles}/${name}`);
    },
  },
  {
    promise: 'P3',
    title: 'puts another subject into a live binding',
    right: ['patch', 'rolebindings'],
    stoppedBy: NEVER_CHANGES,
    run: (who, { binding }) => who.patch(binding, { subjects: [{ kind: 'User', name: 'mallory' }] }),
  },
  {
    promise: 'P2',
    title: 'makes a fuse burn at another time',
    right: ['patch', 'jobs'],
    stoppedBy: NEVER_CHANGES,
    run: (who, { job }) => who.patch(job, { spec: { ttlSecondsAfterFinished: 43_000 } }),
  },
  {
    promise: 'P3',
    title: 'grants for the whole cluster',
    right: ['create', 'clusterrolebindings'],
    stoppedBy: validation(FENCE, 'the operator grants by RoleBindings in namespaces'),
    run: (who, { stage }) =>
      who.create(CLUSTER_ROLE_BINDINGS, roleBinding(stage, { uid: crypto.randomUUID(), user: 'dana' })),
  },
];
