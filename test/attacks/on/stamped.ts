import { z } from 'zod';
import { Identity } from '../../../src/api/identity.ts';
import { accessRequest, accessReview } from '../../identity/grant.ts';
import { pathsIn } from '../../identity/stage.ts';
import { uniqueName } from '../../support/shared.ts';
import type { Barrier } from '../attack.ts';
import type { Attempt } from '../attempt.ts';

const ROOT = { username: 'root', uid: '0', groups: ['system:masters'], extra: { arn: ['arn:aws:iam::1:root'] } };

const Spec = z.object({ requester: Identity.optional(), reviewer: Identity.optional() });

/** Lets the object in, and writes into it what the API server knows of a person with a certificate. */
const STAMP: Barrier = {
  name: 'deploy/stamp, which writes who the API server has authenticated',
  stops({ body }) {
    const { requester, reviewer } = Spec.parse(body.spec ?? {});
    const { username, uid, groups, extra = {} } = requester ?? reviewer ?? { username: '' };
    return (
      username.startsWith('person-') &&
      uid === undefined &&
      groups?.join() === 'developers,system:authenticated' &&
      Object.keys(extra).join() === 'authentication.kubernetes.io/credential-id'
    );
  },
};

const FORGED = [
  { what: 'as root', identity: ROOT },
  { what: 'as root without any groups', identity: { username: 'root' } },
  { what: 'as root in their own groups', identity: { username: 'root', groups: ['developers'] } },
] as const;

/** By saying who they are, where the API server says it itself. */
export const ON_STAMPS: readonly Attempt[] = FORGED.flatMap(({ what, identity }): Attempt[] => [
  {
    promise: 'P4',
    title: `creates a request ${what}`,
    right: ['create', 'accessrequests'],
    stoppedBy: STAMP,
    run: (who, { stage }) => who.create(pathsIn(stage.namespace).requests, requestBy(stage, identity)),
  },
  {
    promise: 'P4',
    title: `creates a request ${what} as client-side apply does`,
    right: ['create', 'accessrequests'],
    stoppedBy: STAMP,
    run: (who, { stage }) => {
      const { metadata, ...request } = requestBy(stage, identity);
      const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(request) };
      return who.create(pathsIn(stage.namespace).requests, { ...request, metadata: { ...metadata, annotations } });
    },
  },
  {
    promise: 'P4',
    title: `creates a request ${what} by server-side apply`,
    right: ['patch', 'accessrequests'],
    stoppedBy: STAMP,
    run: (who, { stage }) => {
      const name = uniqueName('ask');
      const request = { ...requestBy(stage, identity), metadata: { name } };
      return who.apply(`${pathsIn(stage.namespace).requests}/${name}`, request);
    },
  },
  {
    promise: 'P4',
    title: `creates a review ${what}`,
    right: ['create', 'accessreviews'],
    stoppedBy: STAMP,
    run: (who, { stage }) => {
      const { spec, ...review } = accessReview({ name: 'any', uid: crypto.randomUUID() }, 'Approve');
      return who.create(pathsIn(stage.namespace).reviews, { ...review, spec: { ...spec, reviewer: identity } });
    },
  },
]);

function requestBy(stage: Parameters<typeof accessRequest>[0], requester: object) {
  const { spec, ...request } = accessRequest(stage);
  return { ...request, spec: { ...spec, requester } };
}
