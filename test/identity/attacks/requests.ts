import { ANNOTATION, FINALIZER } from '../../../src/api/names.ts';
import { refusal, refusedBy } from '../answers.ts';
import type { Answer, Caller } from '../caller.ts';
import { type Grant, accessRequest } from '../grant.ts';
import { pathsIn } from '../stage.ts';
import type { Attack } from './attack.ts';

const HOLD = 'daypass-hold-objects';
const HOLD_FINALIZER = 'daypass-hold-accessrequests';
const NO_FINALIZERS = refusedBy(HOLD, 'requests and reviews get no finalizers of others');
const FITS = refusedBy(HOLD, 'requests and reviews have at most 32 labels of 8192 characters in all');

/** On one's own request, or another's. */
export const ON_REQUESTS: readonly Attack[] = [
  {
    title: 'edits the spec of a request',
    right: ['patch', 'accessrequests'],
    refusal: refusal(422, 'spec: Invalid value: the spec of a request cannot be changed'),
    run: (who, { request }) => who.patch(request, { spec: { duration: '12h' } }),
  },
  {
    title: 'makes root the requester afterwards',
    right: ['patch', 'accessrequests'],
    refusal: refusal(422, 'spec: Invalid value: the spec of a request cannot be changed'),
    run: (who, { pending }) => who.patch(pending, { spec: { requester: { username: 'root' } } }),
  },
  {
    title: 'writes the status of a request',
    right: ['patch', 'accessrequests/status'],
    refusal: refusedBy(HOLD, 'only the operator writes the status of requests and reviews'),
    run: (who, { pending }) => who.patch(`${pending}/status`, { status: { phase: 'Approved' } }),
  },
  ...(['labels', 'annotations'] as const).flatMap((field): Attack[] => [
    {
      title: `adds reserved ${field} to a request`,
      right: ['patch', 'accessrequests'],
      refusal: refusedBy(HOLD, 'only the operator writes labels and annotations that begin with daypass.dev/'),
      run: (who, { pending }) => who.patch(pending, { metadata: { [field]: { 'daypass.dev/policy': 'mine' } } }),
    },
    {
      title: `creates a request with reserved ${field}`,
      right: ['create', 'accessrequests'],
      refusal: refusedBy(HOLD, 'only the operator writes labels and annotations that begin with daypass.dev/'),
      run: (who, { stage }) => ask(who, stage, { [field]: { 'daypass.dev/policy': 'mine' } }),
    },
  ]),
  {
    title: 'takes reserved annotations off a request',
    right: ['patch', 'accessrequests'],
    refusal: refusedBy(HOLD, 'only the operator writes labels and annotations that begin with daypass.dev/'),
    run: (who, { request }) => who.patch(request, { metadata: { annotations: { [ANNOTATION.policy]: null } } }),
  },
  {
    title: 'gives a request an owner, to have it collected',
    right: ['patch', 'accessrequests'],
    refusal: refusedBy(HOLD, 'only the operator writes metadata.ownerReferences'),
    run: (who, { request }) => who.patch(request, { metadata: { ownerReferences: [bogusOwner()] } }),
  },
  {
    title: 'creates a request with an owner',
    right: ['create', 'accessrequests'],
    refusal: refusedBy(HOLD, 'only the operator writes metadata.ownerReferences'),
    run: (who, { stage }) => ask(who, stage, { ownerReferences: [bogusOwner()] }),
  },
  {
    title: 'removes the finalizer, to slip away from revocation',
    right: ['patch', 'accessrequests'],
    refusal: refusedBy(HOLD_FINALIZER, 'only the operator adds or removes the finalizer daypass.dev/revoke'),
    run: (who, { request }) => who.patch(request, { metadata: { finalizers: null } }),
  },
  {
    title: 'adds the finalizer, to hold up a namespace',
    right: ['patch', 'accessrequests'],
    refusal: refusedBy(HOLD_FINALIZER, 'only the operator adds or removes the finalizer daypass.dev/revoke'),
    run: (who, { pending }) => who.patch(pending, { metadata: { finalizers: [FINALIZER] } }),
  },
  ...[FINALIZER, 'example.com/hold'].map(
    (finalizer): Attack => ({
      title: `creates a request with the finalizer ${finalizer}`,
      right: ['create', 'accessrequests'],
      refusal: NO_FINALIZERS,
      run: (who, { stage }) => ask(who, stage, { finalizers: [finalizer] }),
    }),
  ),
  {
    title: 'adds a finalizer of another to a request, to hold up a namespace',
    right: ['patch', 'accessrequests'],
    refusal: NO_FINALIZERS,
    run: (who, { pending }) => who.patch(pending, { metadata: { finalizers: ['example.com/hold'] } }),
  },
  ...(['labels', 'annotations'] as const).flatMap((field): Attack[] => [
    {
      title: `creates a request with so many ${field} that its status would not fit`,
      right: ['create', 'accessrequests'],
      refusal: FITS,
      run: (who, { stage }) => ask(who, stage, { [field]: many(33) }),
    },
    {
      title: `adds so many ${field} that the status would not fit`,
      right: ['patch', 'accessrequests'],
      refusal: FITS,
      run: (who, { pending }) => who.patch(pending, { metadata: { [field]: many(33) } }),
    },
  ]),
  {
    title: 'adds annotations so long that the status would not fit',
    right: ['patch', 'accessrequests'],
    refusal: FITS,
    run: (who, { pending }) => who.patch(pending, { metadata: { annotations: { note: 'x'.repeat(8189) } } }),
  },
  {
    title: 'names so many field managers that the status would not fit',
    right: ['patch', 'accessrequests'],
    refusal: refusedBy(HOLD, 'requests and reviews have at most 16 field managers'),
    run: (who, { pending }) => who.patch(pending, { metadata: { managedFields: managers(17) } }),
  },
];

function ask(who: Caller, stage: Grant['stage'], metadata: object): Promise<Answer> {
  const request = accessRequest(stage);
  return who.create(pathsIn(stage.namespace).requests, { ...request, metadata: { ...request.metadata, ...metadata } });
}

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
