import { ANNOTATION, MANAGED_BY_LABEL } from '../../../src/api/names.ts';
import { refusedBy } from '../answers.ts';
import type { Attack } from './attack.ts';

/** On the binding of a live grant. */
export const ON_BINDINGS: readonly Attack[] = (
  [
    ['puts another subject into a live binding', { subjects: [{ kind: 'User', name: 'mallory' }] }],
    [
      'moves the end of a live binding',
      { metadata: { annotations: { [ANNOTATION.expiresAt]: '2099-01-01T00:00:00Z' } } },
    ],
    ['takes the owner off a live binding', { metadata: { ownerReferences: null } }],
    ['takes the label off a live binding', { metadata: { labels: { [MANAGED_BY_LABEL]: null } } }],
  ] as const
).map(([title, change]) => ({
  title,
  right: ['patch', 'rolebindings'],
  refusal: refusedBy('daypass-managed-objects', 'nobody changes what Daypass made'),
  run: (who, { binding }) => who.patch(binding, change),
}));
