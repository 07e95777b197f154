import { ANNOTATION, MANAGED_BY_LABEL } from '../../../src/api/names.ts';
import type { Attempt } from '../attempt.ts';
import { validation } from '../barriers.ts';

const stoppedBy = validation('daypass-managed-objects', "Kubernetes' own controllers change owners");

/** On what Daypass made, by those who keep its owners, finalizers and status. */
export const BY_CONTROLLERS: readonly Attempt[] = (
  [
    ['P2', 'makes the fuse burn later', 'job', { spec: { ttlSecondsAfterFinished: 31_536_000 } }],
    ['P2', 'takes the end off the fuse', 'job', { metadata: { annotations: { [ANNOTATION.expiresAt]: null } } }],
    ['P2', 'takes the label off the fuse', 'job', { metadata: { labels: { [MANAGED_BY_LABEL]: null } } }],
    ['P2', 'takes the end off the binding', 'binding', { metadata: { annotations: null } }],
    ['P3', 'puts another subject into the binding', 'binding', { subjects: [{ kind: 'User', name: 'mallory' }] }],
  ] as const
).map(([promise, title, what, change]) => ({
  promise,
  title,
  right: ['patch', what === 'job' ? 'jobs' : 'rolebindings'],
  stoppedBy,
  run: (who, grant) => who.patch(grant[what], change),
}));
