import { JOBS, NAMESPACES } from '../../../src/api/kubernetes.ts';
import type { HttpClient } from '../../../src/runtime/http-client.ts';
import type { Grant } from '../../operator/grant.ts';
import type { DecidedAttack } from './attack.ts';
import type { Scene } from './scene.ts';

const AUTOMATIC = { approval: { automatic: true } };

/** Somebody to whom this ClusterRole of Kubernetes is bound here. */
async function holderOf(scene: Scene, role: 'edit' | 'admin', ...groups: readonly string[]): Promise<HttpClient> {
  const name = `${role}-${scene.namespace}`;
  await scene.bind(name, role);
  return scene.arena.as(name, ...groups);
}

/** Resolves once a grant has gone on, whatever was tried, for as long as it takes to see. */
async function endedOnlyBy(scene: Scene, grant: Grant, act: () => Promise<string>): Promise<string> {
  const reason = await act();
  const dana = await scene.developer();
  await scene.review(dana, grant, 'Revoke');
  return `${reason}, ${await scene.ended(grant)}`;
}

/** Deletes a grant's fuse, in the background. */
async function burn(client: HttpClient, { namespace, managed: name }: Grant): Promise<void> {
  const { metadata } = await client.get(JOBS, { namespace, name });
  await client.delete(JOBS, { namespace, name }, { uid: metadata.uid ?? '' });
}

/** Of whoever has the built-in `edit` in a namespace. */
export const BYSTANDER: readonly DecidedAttack[] = [
  {
    title: 'asks as a service account of the namespace, and approves as themself',
    promise: 'P4',
    stoppedBy: 'CouldActAsRequester',
    async run(scene) {
      await scene.policy({ requesters: [scene.account('deployer')] });
      const eve = await holderOf(scene, 'edit', 'leads');
      return scene.review(eve, await scene.pending(await scene.serviceAccount('deployer')), 'Approve');
    },
  },
  {
    title: 'asks as themself, and approves as a service account of the namespace',
    promise: 'P4',
    stoppedBy: 'CouldActAsRequester',
    async run(scene) {
      await scene.policy({ approval: { required: [{ reviewers: [scene.account('approver')], count: 1 }] } });
      const asked = await scene.pending(await holderOf(scene, 'edit', 'developers'));
      return scene.review(await scene.serviceAccount('approver'), asked, 'Approve');
    },
  },
  {
    title: 'approves what another asks for a service account of the namespace',
    promise: 'P4',
    stoppedBy: 'CouldActAsRequester',
    async run(scene) {
      await scene.policy({ onBehalfOf: [scene.account('deployer')] });
      const asked = await scene.pending(await scene.developer(), { subject: scene.account('deployer') });
      return scene.review(await holderOf(scene, 'edit', 'leads'), asked, 'Approve');
    },
  },
  {
    title: "revokes somebody else's grant",
    promise: 'P4',
    stoppedBy: 'NotAReviewer, Revoked RevokedByRequester',
    async run(scene) {
      await scene.policy();
      const grant = await scene.grant(await scene.developer());
      const eve = await holderOf(scene, 'edit', 'security');
      return endedOnlyBy(scene, grant, () => scene.review(eve, grant, 'Revoke'));
    },
  },
  {
    title: "denies somebody else's request",
    promise: 'P4',
    stoppedBy: 'NotAReviewer, Revoked RevokedByRequester',
    async run(scene) {
      await scene.policy();
      const asked = await scene.pending(await scene.developer());
      const eve = await holderOf(scene, 'edit', 'security');
      return endedOnlyBy(scene, asked, () => scene.review(eve, asked, 'Deny'));
    },
  },
];

/** Of whoever has the built-in `admin` in a namespace, or may label it. */
export const NAMESPACE_ADMIN: readonly DecidedAttack[] = [
  {
    title: 'deletes the fuse of a grant, for it to have no end',
    promise: 'P2',
    stoppedBy: 'Revoked FuseChanged or BindingDeleted',
    async run(scene) {
      await scene.policy(AUTOMATIC);
      const grant = await scene.grant(await scene.developer());
      await burn(await holderOf(scene, 'admin'), grant);
      // The collector takes the binding with it: the operator may see either missing first.
      return (await scene.ended(grant)).replace(/FuseChanged|BindingDeleted/, 'FuseChanged or BindingDeleted');
    },
  },
  {
    title: 'labels a namespace so that no policy selects it during a grant',
    promise: 'P1',
    stoppedBy: 'Revoked PolicyChanged',
    async run(scene) {
      const namespace = await scene.annex({ team: scene.namespace });
      await scene.policy({ ...AUTOMATIC, namespaces: { selector: { matchLabels: { team: scene.namespace } } } });
      const grant = await scene.grant(await scene.developer(), {}, { namespace });
      await scene.admin.patch(NAMESPACES, { name: namespace }, { metadata: { labels: { team: 'other' } } });
      return scene.ended(grant);
    },
  },
  {
    title: 'labels a namespace into a Deny during a grant',
    promise: 'P6',
    stoppedBy: 'Revoked DeniedByPolicy',
    async run(scene) {
      const namespace = await scene.annex();
      await scene.policy(AUTOMATIC);
      const grant = await scene.grant(await scene.developer(), {}, { namespace });
      await scene.deny({ selector: { matchLabels: { frozen: scene.namespace } } });
      await scene.admin.patch(NAMESPACES, { name: namespace }, { metadata: { labels: { frozen: scene.namespace } } });
      return scene.ended(grant);
    },
  },
];
