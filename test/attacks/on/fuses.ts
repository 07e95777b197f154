import { FUSE_LABEL, MANAGED_BY_LABEL } from '../../../src/api/names.ts';
import { pathsIn } from '../../identity/stage.ts';
import type { Attempt } from '../attempt.ts';
import { validation } from '../barriers.ts';

const BY_NOBODY = validation('daypass-managed-objects', 'nobody changes what Daypass made');
const BY_CONTROLLERS = validation('daypass-managed-objects', "Kubernetes' own controllers change owners");
const TOGETHER = validation('daypass-managed-job-deletion', 'a fuse goes together with its RoleBinding');

/** On the Job that ends a live grant should the operator not. */
export const ON_FUSES: readonly Attempt[] = [
  {
    promise: 'P2',
    title: 'plants a pod for the fuse to adopt, so that it never finishes',
    right: ['create', 'pods'],
    stoppedBy: validation('daypass-fuse-pods', 'no pod may bear the label daypass.dev/fuse'),
    run: (who, { stage, name }) => {
      const metadata = { generateName: 'planted-', labels: { [FUSE_LABEL]: name }, finalizers: ['example.com/hold'] };
      return who.create(pathsIn(stage.namespace).pods, { metadata, spec: { containers: [{ name: 'a', image: 'a' }] } });
    },
  },
  {
    promise: 'P2',
    title: 'makes the fuse burn later',
    right: ['patch', 'jobs'],
    stoppedBy: BY_NOBODY,
    elseBy: BY_CONTROLLERS,
    run: (who, { job }) => who.patch(job, { spec: { ttlSecondsAfterFinished: 31_536_000 } }),
  },
  {
    promise: 'P2',
    title: 'writes the status of the fuse, which says when it burns',
    right: ['patch', 'jobs/status'],
    stoppedBy: BY_NOBODY,
    run: (who, { job }) => who.patch(`${job}/status`, { status: { ready: 0 } }),
  },
  {
    promise: 'P2',
    title: 'holds the fuse by a finalizer',
    right: ['patch', 'jobs'],
    stoppedBy: BY_NOBODY,
    run: (who, { job }) => who.patch(job, { metadata: { finalizers: ['example.com/hold'] } }),
  },
  {
    promise: 'P2',
    title: 'takes the label off the fuse, to delete it as an orphan-maker',
    right: ['patch', 'jobs'],
    stoppedBy: BY_NOBODY,
    elseBy: BY_CONTROLLERS,
    run: (who, { job }) => who.patch(job, { metadata: { labels: { [MANAGED_BY_LABEL]: null } } }),
  },
  ...(
    [
      ['by a plain call', undefined],
      ['with propagationPolicy Orphan', { propagationPolicy: 'Orphan' }],
      ['with orphanDependents', { orphanDependents: true }],
    ] as const
  ).map(
    ([how, options]): Attempt => ({
      promise: 'P2',
      title: `orphan-deletes the fuse ${how}`,
      right: ['delete', 'jobs'],
      stoppedBy: TOGETHER,
      run: (who, { job }) => who.delete(job, options),
    }),
  ),
  {
    promise: 'P2',
    title: 'orphan-deletes all Jobs of the namespace',
    right: ['deletecollection', 'jobs'],
    stoppedBy: TOGETHER,
    run: (who, { stage }) => who.delete(pathsIn(stage.namespace).jobs, { propagationPolicy: 'Orphan' }),
  },
];

/** On the fuse, by whoever may delete Jobs and not bindings: ending a grant is not theirs to decide. */
export const BY_DELETING_FUSES: readonly Attempt[] = ['Background', 'Foreground'].map((propagationPolicy) => ({
  promise: 'P5',
  title: `deletes the fuse with propagationPolicy ${propagationPolicy}, and the grant with it`,
  right: ['delete', 'jobs'],
  stoppedBy: validation('daypass-managed-job-deletion', 'deleting a fuse ends a grant, and needs the verb delete'),
  run: (who, { job }) => who.delete(job, { propagationPolicy }),
}));
