import { z } from 'zod';
import { ok } from '../../identity/answers.ts';
import type { Answer, Caller } from '../../identity/caller.ts';
import type { Grant } from '../../identity/grant.ts';
import type { Attempt } from '../attempt.ts';
import { schema, validation } from '../barriers.ts';

/** Should the schema have lost its rule. */
const elseBy = validation('daypass-hold-objects', 'the spec of requests and reviews cannot be changed');
const OF_REQUESTS = { stoppedBy: schema('spec: Invalid value: the spec of a request cannot be changed'), elseBy };
const OF_REVIEWS = { stoppedBy: schema('spec: Invalid value: the spec of a review cannot be changed'), elseBy };

const apiVersion = 'daypass.dev/v1alpha1';
const ROOT = { username: 'root', uid: '0', groups: ['system:masters'] };

/** On what somebody asked for or decided, which never changes. */
export const ON_SPECS: readonly Attempt[] = [
  {
    promise: 'P3',
    title: 'makes a request ask for longer',
    right: ['patch', 'accessrequests'],
    ...OF_REQUESTS,
    run: (who, { request }) => who.patch(request, { spec: { duration: '12h' } }),
  },
  {
    promise: 'P3',
    title: 'makes a request ask for another role',
    right: ['patch', 'accessrequests'],
    ...OF_REQUESTS,
    run: (who, { pending }) => who.patch(pending, { spec: { roleRef: { name: 'cluster-admin' } } }),
  },
  {
    promise: 'P3',
    title: 'puts the request of another on their own account',
    right: ['patch', 'accessrequests'],
    ...OF_REQUESTS,
    run: (who, { pending }) => {
      const subject = { kind: 'ServiceAccount', namespace: 'default', name: 'default' };
      return who.patch(pending, { spec: { subject } });
    },
  },
  {
    promise: 'P4',
    title: 'makes root the requester afterwards by a patch',
    right: ['patch', 'accessrequests'],
    ...OF_REQUESTS,
    run: (who, { pending }) => who.patch(pending, { spec: { requester: ROOT } }),
  },
  {
    promise: 'P4',
    title: 'makes root the requester afterwards by an update',
    right: ['update', 'accessrequests'],
    ...OF_REQUESTS,
    run: (who, { stage, pending }) => replaceSpec(who, stage, pending, { requester: ROOT }),
  },
  {
    promise: 'P4',
    title: 'makes root the requester afterwards by server-side apply',
    right: ['patch', 'accessrequests'],
    ...OF_REQUESTS,
    run: (who, { pending }) => who.apply(pending, { apiVersion, kind: 'AccessRequest', spec: { requester: ROOT } }),
  },
  {
    promise: 'P4',
    title: 'leaves the requester with no groups afterwards',
    right: ['patch', 'accessrequests'],
    ...OF_REQUESTS,
    run: (who, { pending }) => who.patch(pending, { spec: { requester: { groups: null } } }),
  },
  {
    promise: 'P4',
    title: "turns somebody's Deny into an Approve",
    right: ['patch', 'accessreviews'],
    ...OF_REVIEWS,
    run: (who, { review }) => who.patch(review, { spec: { decision: 'Approve' } }),
  },
  {
    promise: 'P4',
    title: 'moves a review to another request',
    right: ['patch', 'accessreviews'],
    ...OF_REVIEWS,
    run: (who, { review }) => who.patch(review, { spec: { request: { uid: crypto.randomUUID() } } }),
  },
  {
    promise: 'P4',
    title: 'makes root the reviewer afterwards by a patch',
    right: ['patch', 'accessreviews'],
    ...OF_REVIEWS,
    run: (who, { review }) => who.patch(review, { spec: { reviewer: ROOT } }),
  },
  {
    promise: 'P4',
    title: 'makes root the reviewer afterwards by an update',
    right: ['update', 'accessreviews'],
    ...OF_REVIEWS,
    run: (who, { stage, review }) => replaceSpec(who, stage, review, { reviewer: ROOT }),
  },
];

/** A PUT of the object as it is, but for these fields of its spec. */
async function replaceSpec(who: Caller, { admin }: Grant['stage'], path: string, change: object): Promise<Answer> {
  const { spec, metadata } = ok(await admin.get(path));
  const kind = path.includes('/accessreviews/') ? 'AccessReview' : 'AccessRequest';
  return who.replace(path, { apiVersion, kind, metadata, spec: { ...z.looseObject({}).parse(spec), ...change } });
}
