import { ANNOTATION } from '../../../../src/api/names.ts';
import { addSeconds, formatTime } from '../../../../src/api/time.ts';
import { roleRef } from '../../../identity/stage.ts';
import type { Attempt } from '../../attempt.ts';
import { ESCALATION, validation } from '../../barriers.ts';
import { bind } from './made.ts';

const FENCE = 'daypass-fence-rolebindings';
const HOUR = 3600;

const user = (name: string) => ({ kind: 'User', name });
const account = (name: string) => ({ kind: 'ServiceAccount', name, namespace: 'daypass-system' });
const owner = (change: object) => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  name: 'other',
  uid: crypto.randomUUID(),
  ...change,
});

const ONE = validation(FENCE, 'a grant has exactly one subject');
const KIND = validation(FENCE, 'the subject of a grant is of kind User or ServiceAccount');
const OWN = validation(FENCE, 'no service account in daypass-system is granted anything');

const TO: readonly Attempt[] = (
  [
    ['a group', [{ kind: 'Group', name: 'developers' }], KIND],
    ['a user of the system', [user('system:admin')], KIND],
    ['itself as a user', [user('system:serviceaccount:daypass-system:daypass-operator')], KIND],
    ['itself', [account('daypass-operator')], OWN],
    ['another account in its namespace', [account('other')], OWN],
    ['two users', [user('dana'), user('mallory')], ONE],
    ['nobody, to be filled in later', [], ONE],
  ] as const
).map(([whom, subjects, stoppedBy]) => ({
  promise: 'P3',
  title: `binds a role to ${whom}`,
  right: ['create', 'rolebindings'],
  stoppedBy,
  run: (who, { stage }) => bind(who, stage, { fields: { subjects } }),
}));

const UNTIL: readonly Attempt[] = (
  [
    ['without an end', () => ''],
    ['with an end that is no time', () => 'soon'],
    ['with a fraction of a second in its end', () => addSeconds(new Date(), HOUR).toISOString()],
    ['with an end in the past', () => formatTime(addSeconds(new Date(), -1))],
    ['with an end beyond 12h', () => formatTime(addSeconds(new Date(), 12 * HOUR + 120))],
  ] as const
).map(([how, end]) => ({
  promise: 'P2',
  title: `creates a binding ${how}`,
  right: ['create', 'rolebindings'],
  stoppedBy: validation(FENCE, 'the annotation daypass.dev/expires-at must be a time in UTC'),
  run: (who, { stage }) => bind(who, stage, { metadata: { annotations: { [ANNOTATION.expiresAt]: end() } } }),
}));

const CALLED: readonly Attempt[] = (
  [
    ['under a name of its own', { name: 'ci-runner' }],
    ['without an owner', { ownerReferences: [] }],
    ['owned by something that stays', { ownerReferences: [owner({ kind: 'ConfigMap', apiVersion: 'v1' })] }],
    ['owned by another Job', { ownerReferences: [owner({})] }],
  ] as const
).map(([how, metadata]) => ({
  promise: 'P2',
  title: `creates a binding ${how}`,
  right: ['create', 'rolebindings'],
  stoppedBy: validation(FENCE, 'a grant is named daypass-<uid of its request>'),
  run: (who, { stage }) => bind(who, stage, { metadata }),
}));

const GRANTABLE = validation(FENCE, 'the operator grants a ClusterRole only where it has the verb bind on that name');

const OF: readonly Attempt[] = [
  {
    promise: 'P7',
    title: 'binds its own role, whose rules it holds',
    right: ['create', 'rolebindings'],
    stoppedBy: GRANTABLE,
    run: (who, { stage }) => bind(who, stage, { fields: roleRef('daypass-operator') }),
  },
  ...['cluster-admin', 'daypass-pod-exec'].map(
    (role): Attempt => ({
      promise: 'P7',
      title: `binds ${role}, which nobody marked for it`,
      right: ['create', 'rolebindings'],
      stoppedBy: ESCALATION,
      run: (who, { stage }) => bind(who, stage, { fields: roleRef(role) }),
    }),
  ),
];

/** By making bindings, all else in them being in order. */
export const BY_BINDINGS: readonly Attempt[] = [...TO, ...UNTIL, ...CALLED, ...OF];

/** By binding a Role, where RBAC lets the operator bind any. */
export const BY_BINDING_ANY_ROLE: readonly Attempt[] = [
  {
    promise: 'P3',
    title: 'binds the Role of another grant',
    right: ['create', 'rolebindings'],
    stoppedBy: GRANTABLE,
    run: (who, { stage, name }) =>
      bind(who, stage, { fields: { roleRef: { ...roleRef(name).roleRef, kind: 'Role' } } }),
  },
];
