import { ACCESS_REQUESTS } from '../../../src/api/access-request.ts';
import { fromSeconds } from '../../../src/api/duration.ts';
import { JOBS, ROLES, readJob } from '../../../src/api/kubernetes.ts';
import { storedMetadata } from '../../../src/api/read.ts';
import { fuseFor, roleFor } from '../../../src/grant/objects.ts';
import { readRole } from '../../../src/rbac/rules.ts';
import { termsFrom } from '../../../src/grant/terms.ts';
import type { Grant } from '../../operator/grant.ts';
import type { DecidedAttack } from './attack.ts';
import { plant, plantWhole, removalOf, requestOf } from './plant.ts';
import { type Scene, soon } from './scene.ts';

const AUTOMATIC = { approval: { automatic: true } };
const ELEVEN_HOURS = 11 * 3600;
const PODS = { apiGroups: [''], resources: ['pods'], verbs: ['get'] };

/** An approved request that starts soon, but not before an attack is over. */
async function approved(scene: Scene, spec: object = {}): Promise<Grant> {
  const asked = await scene.ask(await scene.developer(), { startTime: soon(), ...spec });
  await scene.reaches(asked, 'Approved');
  return asked;
}

/** Of whoever holds a token of the operator, and may do what the fences let the operator do. */
export const OPERATOR_TOKEN: readonly DecidedAttack[] = [
  {
    title: 'binds a role for a request that was never made',
    promise: 'P1',
    stoppedBy: 'removed at once',
    async run(scene) {
      await scene.policy();
      const request = await requestOf(scene, await scene.pending(await scene.developer()));
      const metadata = { ...request.metadata, name: 'never', uid: crypto.randomUUID() };
      return removalOf(scene, await plant(scene, { ...request, metadata }));
    },
  },
  {
    title: 'binds the role of a request in another namespace',
    promise: 'P1',
    stoppedBy: 'removed at once',
    async run(scene) {
      const namespace = await scene.annex();
      await scene.policy(AUTOMATIC);
      const request = await requestOf(scene, await scene.grant(await scene.developer()));
      return removalOf(scene, await plant(scene, { ...request, metadata: { ...request.metadata, namespace } }));
    },
  },
  {
    title: 'binds the role of a request that others have yet to approve',
    promise: 'P1',
    stoppedBy: 'removed at once',
    async run(scene) {
      await scene.policy();
      const asked = await scene.pending(await scene.developer());
      return removalOf(scene, await plant(scene, await requestOf(scene, asked)));
    },
  },
  {
    title: 'binds the role of a request that was denied',
    promise: 'P1',
    stoppedBy: 'removed at once',
    async run(scene) {
      const asked = await scene.ask(await scene.developer());
      await scene.ended(asked);
      return removalOf(scene, await plant(scene, await requestOf(scene, asked)));
    },
  },
  {
    title: 'binds the role again after the grant was revoked',
    promise: 'P1',
    stoppedBy: 'removed at once',
    async run(scene) {
      await scene.policy(AUTOMATIC);
      const dana = await scene.developer();
      const grant = await scene.grant(dana);
      await scene.review(dana, grant, 'Revoke');
      await scene.ended(grant);
      return removalOf(scene, await plant(scene, await requestOf(scene, grant)));
    },
  },
  {
    title: 'binds an approved role to somebody else, under the name of the grant',
    promise: 'P3',
    stoppedBy: 'Failed NameTaken',
    async run(scene) {
      await scene.policy(AUTOMATIC);
      const asked = await approved(scene);
      const request = await requestOf(scene, asked);
      await plant(scene, { ...request, spec: { ...request.spec, requester: { username: 'mallory' } } });
      return scene.ended(asked);
    },
  },
  {
    title: 'binds another role than was approved, under the name of the grant',
    promise: 'P3',
    stoppedBy: 'Failed NameTaken',
    async run(scene) {
      await scene.policy(AUTOMATIC);
      const asked = await approved(scene);
      const request = await requestOf(scene, asked);
      const roleRef = { kind: 'ClusterRole', name: 'daypass-restart' } as const;
      await plant(scene, { ...request, spec: { ...request.spec, roleRef } });
      return scene.ended(asked);
    },
  },
  {
    title: 'binds an approved role for longer than was approved',
    promise: 'P2',
    stoppedBy: 'Failed NameTaken',
    async run(scene) {
      await scene.policy(AUTOMATIC);
      const asked = await approved(scene);
      await plant(scene, await requestOf(scene, asked), ELEVEN_HOURS);
      return scene.ended(asked);
    },
  },
  {
    title: 'binds an approved role before it is to start',
    promise: 'P1',
    stoppedBy: 'Failed NameTaken',
    async run(scene) {
      await scene.policy(AUTOMATIC);
      const asked = await approved(scene);
      await plant(scene, await requestOf(scene, asked));
      return scene.ended(asked);
    },
  },
  {
    title: 'binds an approved role before it is to start, fuse and all as it would be',
    promise: 'P1',
    stoppedBy: 'Failed NameTaken',
    async run(scene) {
      await scene.policy(AUTOMATIC);
      const asked = await approved(scene);
      await plantWhole(scene, await requestOf(scene, asked));
      return scene.ended(asked);
    },
  },
  {
    title: 'plants a fuse that burns later, under the name of a grant to come',
    promise: 'P2',
    stoppedBy: 'another fuse, of 630 s',
    async run(scene) {
      await scene.policy(AUTOMATIC);
      const asked = await approved(scene);
      const { operatorToken } = scene.arena;
      const planted = await operatorToken.create(
        JOBS,
        fuseFor(await requestOf(scene, asked), termsFrom(new Date(), fromSeconds(ELEVEN_HOURS))),
      );
      scene.granted.add(asked.uid);
      await scene.reaches(asked, 'Active');
      const { metadata, spec } = readJob(
        await scene.admin.get(JOBS, { namespace: asked.namespace, name: asked.managed }),
      );
      return `${metadata.uid === planted.metadata.uid ? 'the planted' : 'another'} fuse, of ${spec.ttlSecondsAfterFinished} s`;
    },
  },
  {
    title: 'plants a Role of more than was asked for, under the name of a grant to come',
    promise: 'P3',
    stoppedBy: 'a Role to get pods',
    async run(scene) {
      await scene.policy({ ...AUTOMATIC, roles: undefined, permissions: [PODS] });
      const asked = await approved(scene, { roleRef: undefined, permissions: [PODS] });
      const request = await requestOf(scene, asked);
      const more = { ...request, spec: { ...request.spec, permissions: [{ ...PODS, verbs: ['get', 'list'] }] } };
      const terms = termsFrom(new Date(), fromSeconds(600));
      const { operatorToken } = scene.arena;
      const { metadata } = await operatorToken.create(JOBS, fuseFor(request, terms));
      await operatorToken.create(ROLES, roleFor(more, terms, storedMetadata(metadata)));
      scene.granted.add(asked.uid);
      await scene.reaches(asked, 'Active');
      const role = readRole(await scene.admin.get(ROLES, { namespace: asked.namespace, name: asked.managed }));
      return `a Role to ${role.rules.map(({ verbs, resources }) => `${verbs.join()} ${resources.join()}`).join(', ')}`;
    },
  },
  {
    title: 'writes into the status of a request that it is approved',
    promise: 'P1',
    stoppedBy: 'Reviewed ReviewsMissing',
    async run(scene) {
      await scene.policy();
      const asked = await scene.pending(await scene.developer());
      const { status } = await requestOf(scene, asked);
      const approvedBy = { reviews: { required: 1, approvedBy: ['lena'] }, approvedAt: status.requestedAt };
      await scene.arena.operatorToken.patchStatus(
        ACCESS_REQUESTS.resource,
        { namespace: asked.namespace, name: asked.name },
        { status: { phase: 'Approved', ...approvedBy } },
      );
      return scene.pendingAgain(asked);
    },
  },
  {
    title: 'writes into the status of a request that its time is longer',
    promise: 'P2',
    stoppedBy: 'Revoked BindingChanged',
    async run(scene) {
      await scene.policy(AUTOMATIC);
      const grant = await scene.grant(await scene.developer());
      await scene.arena.operatorToken.patchStatus(
        ACCESS_REQUESTS.resource,
        { namespace: grant.namespace, name: grant.name },
        { status: { expiresAt: '2099-01-01T00:00:00Z' } }, // whatever the operator writes meanwhile
      );
      return scene.ended(grant);
    },
  },
];
