import { FUSE_LABEL, MANAGED_BY_LABEL } from '../../../src/api/names.ts';
import { refusedBy } from '../answers.ts';
import { pathsIn } from '../stage.ts';
import type { Attack } from './attack.ts';

const MANAGED = 'daypass-managed-objects';

/** On the Job that ends a live grant should the operator not. */
export const ON_FUSES: readonly Attack[] = [
  {
    title: 'plants a pod for the fuse to adopt, so that it never finishes',
    right: ['create', 'pods'],
    refusal: refusedBy('daypass-fuse-pods', 'no pod may bear the label daypass.dev/fuse'),
    run: (who, { stage, name }) => {
      const metadata = { generateName: 'planted-', labels: { [FUSE_LABEL]: name }, finalizers: ['example.com/hold'] };
      return who.create(pathsIn(stage.namespace).pods, { metadata, spec: { containers: [{ name: 'a', image: 'a' }] } });
    },
  },
  {
    title: 'makes the fuse burn later',
    right: ['patch', 'jobs'],
    refusal: refusedBy(MANAGED, 'nobody changes what Daypass made'),
    run: (who, { job }) => who.patch(job, { spec: { ttlSecondsAfterFinished: 31_536_000 } }),
  },
  {
    title: 'writes the status of the fuse, which says when it burns',
    right: ['patch', 'jobs/status'],
    refusal: refusedBy(MANAGED, 'nobody changes what Daypass made'),
    run: (who, { job }) => who.patch(`${job}/status`, { status: { ready: 0 } }),
  },
  {
    title: 'takes the label off the fuse, to delete it as an orphan-maker',
    right: ['patch', 'jobs'],
    refusal: refusedBy(MANAGED, 'nobody changes what Daypass made'),
    run: (who, { job }) => who.patch(job, { metadata: { labels: { [MANAGED_BY_LABEL]: null } } }),
  },
  ...(
    [
      ['by a plain call', undefined],
      ['with propagationPolicy Orphan', { propagationPolicy: 'Orphan' }],
      ['with orphanDependents', { orphanDependents: true }],
    ] as const
  ).map(
    ([how, options]): Attack => ({
      title: `orphan-deletes the fuse ${how}`,
      right: ['delete', 'jobs'],
      refusal: refusedBy('daypass-managed-job-deletion', 'a fuse goes together with its RoleBinding'),
      run: (who, { job }) => who.delete(job, options),
    }),
  ),
  {
    title: 'orphan-deletes all Jobs of the namespace',
    right: ['deletecollection', 'jobs'],
    refusal: refusedBy('daypass-managed-job-deletion', 'a fuse goes together with its RoleBinding'),
    run: (who, { stage }) => who.delete(pathsIn(stage.namespace).jobs, { propagationPolicy: 'Orphan' }),
  },
];
