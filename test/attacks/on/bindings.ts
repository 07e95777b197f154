import { ANNOTATION, MANAGED_BY_LABEL } from '../../../src/api/names.ts';
import type { Attempt } from '../attempt.ts';
import { validation } from '../barriers.ts';

const BY_NOBODY = validation('daypass-managed-objects', 'nobody changes what Daypass made');
const BY_CONTROLLERS = validation('daypass-managed-objects', "Kubernetes' own controllers change owners");

/** On the binding of a live grant. */
export const ON_BINDINGS: readonly Attempt[] = [
  {
    promise: 'P3',
    title: 'puts another subject into a live binding',
    right: ['patch', 'rolebindings'],
    stoppedBy: BY_NOBODY,
    elseBy: BY_CONTROLLERS,
    run: (who, { binding }) => who.patch(binding, { subjects: [{ kind: 'User', name: who.name }] }),
  },
  {
    promise: 'P2',
    title: 'moves the end of a live binding',
    right: ['patch', 'rolebindings'],
    stoppedBy: BY_NOBODY,
    elseBy: BY_CONTROLLERS,
    run: (who, { binding }) =>
      who.patch(binding, { metadata: { annotations: { [ANNOTATION.expiresAt]: '2099-01-01T00:00:00Z' } } }),
  },
  {
    promise: 'P2',
    title: 'takes the owner off a live binding',
    right: ['patch', 'rolebindings'],
    stoppedBy: BY_NOBODY,
    run: (who, { binding }) => who.patch(binding, { metadata: { ownerReferences: null } }),
  },
  {
    promise: 'P2',
    title: 'puts a finalizer on a live binding',
    right: ['patch', 'rolebindings'],
    stoppedBy: BY_NOBODY,
    run: (who, { binding }) => who.patch(binding, { metadata: { finalizers: ['example.com/forever'] } }),
  },
  {
    promise: 'P2',
    title: 'takes the label off a live binding',
    right: ['patch', 'rolebindings'],
    stoppedBy: BY_NOBODY,
    elseBy: BY_CONTROLLERS,
    run: (who, { binding }) => who.patch(binding, { metadata: { labels: { [MANAGED_BY_LABEL]: null } } }),
  },
];
