import { ANNOTATION, FINALIZER } from '../../../src/api/names.ts';
import { ask } from '../../identity/grant.ts';
import type { Attempt } from '../attempt.ts';
import { validation } from '../barriers.ts';

const HOLD = 'daypass-hold-objects';
const STATUS = validation(HOLD, 'only the operator writes the status of requests and reviews');
const RESERVED = validation(HOLD, 'only the operator writes labels and annotations that begin with daypass.dev/');
const FINALIZERS = validation('daypass-hold-accessrequests', 'only the operator adds or removes the finalizer');
const NO_FINALIZERS = validation(HOLD, 'requests and reviews get no finalizers of others');
const FITS = validation(HOLD, 'requests and reviews have at most 32 labels of 8192 characters in all');
const OWNERS = validation(HOLD, 'only the operator writes metadata.ownerReferences');

/** On what surrounds the spec of a request, one's own or another's. */
export const ON_REQUESTS: readonly Attempt[] = [
  {
    promise: 'P1',
    title: 'writes the status of a request',
    right: ['patch', 'accessrequests/status'],
    stoppedBy: STATUS,
    run: (who, { pending }) => who.patch(`${pending}/status`, { status: { phase: 'Approved' } }),
  },
  {
    promise: 'P4',
    title: 'makes root the requester by way of the status',
    right: ['patch', 'accessrequests/status'],
    stoppedBy: STATUS,
    run: (who, { pending }) => who.patch(`${pending}/status`, { spec: { requester: { username: 'root' } } }),
  },
  ...(['labels', 'annotations'] as const).flatMap((field): Attempt[] => [
    {
      promise: 'P5',
      title: `adds reserved ${field} to a request`,
      right: ['patch', 'accessrequests'],
      stoppedBy: RESERVED,
      run: (who, { pending }) => who.patch(pending, { metadata: { [field]: { 'daypass.dev/policy': 'mine' } } }),
    },
    {
      promise: 'P5',
      title: `creates a request with reserved ${field}`,
      right: ['create', 'accessrequests'],
      stoppedBy: RESERVED,
      run: (who, { stage }) => ask(who, stage, { metadata: { [field]: { 'daypass.dev/policy': 'mine' } } }),
    },
    {
      promise: 'P6',
      title: `creates a request with so many ${field} that its status would not fit`,
      right: ['create', 'accessrequests'],
      stoppedBy: FITS,
      run: (who, { stage }) => ask(who, stage, { metadata: { [field]: many(33) } }),
    },
    {
      promise: 'P6',
      title: `adds so many ${field} that the status would not fit`,
      right: ['patch', 'accessrequests'],
      stoppedBy: FITS,
      run: (who, { pending }) => who.patch(pending, { metadata: { [field]: many(33) } }),
    },
  ]),
  {
    promise: 'P6',
    title: 'adds annotations so long that the status would not fit',
    right: ['patch', 'accessrequests'],
    stoppedBy: FITS,
    run: (who, { pending }) => who.patch(pending, { metadata: { annotations: { note: 'x'.repeat(8189) } } }),
  },
  {
    promise: 'P6',
    title: 'names so many field managers that the status would not fit',
    right: ['patch', 'accessrequests'],
    stoppedBy: validation(HOLD, 'requests and reviews have at most 16 field managers'),
    run: (who, { pending }) => who.patch(pending, { metadata: { managedFields: managers(17) } }),
  },
  {
    promise: 'P5',
    title: 'takes reserved annotations off a request',
    right: ['patch', 'accessrequests'],
    stoppedBy: RESERVED,
    run: (who, { request }) => who.patch(request, { metadata: { annotations: { [ANNOTATION.policy]: null } } }),
  },
  {
    promise: 'P5',
    title: 'gives a request an owner, to have it collected',
    right: ['patch', 'accessrequests'],
    stoppedBy: OWNERS,
    run: (who, { request }) => who.patch(request, { metadata: { ownerReferences: [bogusOwner()] } }),
  },
  {
    promise: 'P5',
    title: 'creates a request with an owner',
    right: ['create', 'accessrequests'],
    stoppedBy: OWNERS,
    run: (who, { stage }) => ask(who, stage, { metadata: { ownerReferences: [bogusOwner()] } }),
  },
  {
    promise: 'P2',
    title: 'adds the finalizer, to hold up a namespace',
    right: ['patch', 'accessrequests'],
    stoppedBy: FINALIZERS,
    run: (who, { pending }) => who.patch(pending, { metadata: { finalizers: [FINALIZER] } }),
  },
  ...[FINALIZER, 'example.com/hold'].map(
    (finalizer): Attempt => ({
      promise: 'P2',
      title: `creates a request with the finalizer ${finalizer}`,
      right: ['create', 'accessrequests'],
      stoppedBy: NO_FINALIZERS,
      run: (who, { stage }) => ask(who, stage, { metadata: { finalizers: [finalizer] } }),
    }),
  ),
  {
    promise: 'P2',
    title: 'adds a finalizer of another to a request, to hold up a namespace',
    right: ['patch', 'accessrequests'],
    stoppedBy: NO_FINALIZERS,
    run: (who, { pending }) => who.patch(pending, { metadata: { finalizers: ['example.com/hold'] } }),
  },
];

/** On what holds an active request. */
export const ON_HELD_REQUESTS: readonly Attempt[] = [
  {
    promise: 'P2',
    title: 'removes the finalizer, to slip away from revocation',
    right: ['patch', 'accessrequests'],
    stoppedBy: FINALIZERS,
    run: (who, { request }) => who.patch(request, { metadata: { finalizers: null } }),
  },
];

/** On the request of another: who made it may. */
export const ON_OTHERS_REQUESTS: readonly Attempt[] = [
  {
    promise: 'P5',
    title: 'deletes the request of another, and its history with it',
    right: ['delete', 'accessrequests'],
    stoppedBy: validation('daypass-hold-deletion', 'only its requester, or whoever has the verb breakglass'),
    run: (who, { request }) => who.delete(request),
  },
];

function bogusOwner() {
  return { apiVersion: 'v1', kind: 'ConfigMap', name: 'gone', uid: crypto.randomUUID() };
}

/** This many labels or annotations. */
function many(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, n) => [`n${n}`, 'x']));
}

/** As if this many had applied one label each. */
function managers(count: number) {
  return Array.from({ length: count }, (_, n) => ({
    manager: `m${n}`,
    operation: 'Apply',
    apiVersion: 'daypass.dev/v1alpha1',
    time: '2026-12-01T09:00:00Z',
    fieldsType: 'FieldsV1',
    fieldsV1: { 'f:metadata': { 'f:labels': { 'f:mine': {} } } },
  }));
}
