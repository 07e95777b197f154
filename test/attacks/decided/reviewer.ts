import { ACCESS_REQUESTS } from '../../../src/api/access-request.ts';
import { ACCESS_REVIEWS } from '../../../src/api/access-review.ts';
import type { Grant } from '../../operator/grant.ts';
import type { DecidedAttack } from './attack.ts';
import { type Scene, soon } from './scene.ts';

/** An approved request that is to start soon. */
async function approved(scene: Scene): Promise<Grant> {
  const asked = await scene.pending(await scene.developer(), { startTime: soon() });
  await scene.review(await scene.lead(), asked, 'Approve');
  await scene.reaches(asked, 'Approved');
  return asked;
}

/** By a review of something else, or of nothing. */
const BY_ANOTHER_REVIEW: readonly DecidedAttack[] = [
  {
    title: 'approves a request before it is there',
    promise: 'P4',
    stoppedBy: 'NoSuchRequest',
    async run(scene) {
      await scene.policy();
      const { namespace } = scene;
      const guess = { namespace, name: 'mine', uid: crypto.randomUUID() };
      const reason = await scene.review(await scene.lead(), guess, 'Approve');
      await scene.pending(await scene.developer(), {}, { generateName: undefined, name: 'mine' });
      return reason;
    },
  },
  {
    title: 'approves what bears the name by now, by the uid of what bore it before',
    promise: 'P4',
    stoppedBy: 'NoSuchRequest',
    async run(scene) {
      await scene.policy();
      const dana = await scene.developer();
      const named = { generateName: undefined, name: 'mine' };
      const before = await scene.pending(dana, {}, named);
      const { namespace, name, uid } = before;
      await dana.delete(ACCESS_REQUESTS.resource, { namespace, name }, { uid });
      await scene.pending(dana, {}, named);
      return scene.review(await scene.lead(), before, 'Approve');
    },
  },
  {
    title: 'approves one request by the name of another',
    promise: 'P4',
    stoppedBy: 'NoSuchRequest',
    async run(scene) {
      await scene.policy();
      const dana = await scene.developer();
      const [one, other] = [await scene.pending(dana), await scene.pending(dana)];
      return scene.review(await scene.lead(), { ...one, name: other.name }, 'Approve');
    },
  },
  {
    title: 'approves from another namespace',
    promise: 'P4',
    stoppedBy: 'NoSuchRequest',
    async run(scene) {
      await scene.policy();
      const namespace = await scene.annex();
      return scene.review(
        await scene.lead(),
        { ...(await scene.pending(await scene.developer())), namespace },
        'Approve',
      );
    },
  },
];

/** By being somebody whom nobody asked, or by being asked once. */
const BY_WHO_THEY_ARE: readonly DecidedAttack[] = [
  {
    title: 'approves though the policy names somebody else',
    promise: 'P4',
    stoppedBy: 'NotAReviewer',
    async run(scene) {
      await scene.policy();
      return scene.review(
        await scene.arena.as('sue', 'security'),
        await scene.pending(await scene.developer()),
        'Approve',
      );
    },
  },
  {
    title: 'approves by a name that differs in case from the one in the policy',
    promise: 'P4',
    stoppedBy: 'NotAReviewer',
    async run(scene) {
      await scene.policy({ approval: { required: [{ reviewers: [{ kind: 'User', name: 'ciso' }], count: 1 }] } });
      const ciso = await scene.arena.as('CISO', 'security');
      return scene.review(ciso, await scene.pending(await scene.developer()), 'Approve');
    },
  },
  {
    title: 'approves by the name of a group that the policy names',
    promise: 'P4',
    stoppedBy: 'NotAReviewer',
    async run(scene) {
      await scene.policy();
      const asked = await scene.pending(await scene.developer());
      return scene.review(await scene.arena.as('leads', 'security'), asked, 'Approve');
    },
  },
  ...['system:kube-controller-manager', 'system:node:one'].map(
    (user): DecidedAttack => ({
      title: `approves as ${user}, in a group that the policy names`,
      promise: 'P4',
      stoppedBy: 'NotAReviewer',
      async run(scene) {
        await scene.policy();
        return scene.review(
          await scene.arena.as(user, 'leads'),
          await scene.pending(await scene.developer()),
          'Approve',
        );
      },
    }),
  ),
  {
    title: 'approves as a service account, by a group that the policy names',
    promise: 'P4',
    stoppedBy: 'NotAReviewer',
    async run(scene) {
      await scene.policy({ approval: scene.byGroups('system:serviceaccounts') });
      const asked = await scene.pending(await scene.developer());
      return scene.review(await scene.serviceAccount('approver'), asked, 'Approve');
    },
  },
  {
    title: 'fills both places, as a member of both groups',
    promise: 'P1',
    stoppedBy: 'Repeated',
    async run(scene) {
      await scene.policy({ approval: scene.byGroups('leads', 'security') });
      const asked = await scene.pending(await scene.developer());
      const bea = await scene.arena.as('bea', 'leads', 'security');
      await scene.review(bea, asked, 'Approve');
      await scene.review(bea, asked, 'Approve');
      return scene.oneIs(asked, 'Repeated');
    },
  },
  {
    title: 'fills both places, one as a member of each group',
    promise: 'P1',
    stoppedBy: 'SamePerson',
    async run(scene) {
      await scene.policy({ approval: scene.byGroups('leads', 'security') });
      const asked = await scene.pending(await scene.developer());
      await scene.review(await scene.arena.as('bea', 'leads'), asked, 'Approve');
      await scene.review(await scene.arena.as('bea', 'security'), asked, 'Approve');
      return scene.oneIs(asked, 'SamePerson');
    },
  },
  {
    title: 'fills both places, under two spellings of the name',
    promise: 'P1',
    stoppedBy: 'SamePerson',
    async run(scene) {
      await scene.policy({ approval: scene.byGroups('leads', 'security') });
      const asked = await scene.pending(await scene.developer());
      await scene.review(await scene.arena.as('bea', 'leads'), asked, 'Approve');
      await scene.review(await scene.arena.as('Bea', 'security'), asked, 'Approve');
      return scene.oneIs(asked, 'SamePerson');
    },
  },
];

/** By saying one thing now and another then. */
const BY_WHEN: readonly DecidedAttack[] = [
  {
    title: 'denies a request, then approves it',
    promise: 'P1',
    stoppedBy: 'RequestEnded',
    async run(scene) {
      await scene.policy();
      const [lena, asked] = [await scene.lead(), await scene.pending(await scene.developer())];
      await scene.review(lena, asked, 'Deny');
      await scene.reaches(asked, 'Denied');
      return scene.review(lena, asked, 'Approve');
    },
  },
  {
    title: 'denies a request that another has approved, and that is about to start',
    promise: 'P1',
    stoppedBy: 'Denied DeniedByReviewer',
    async run(scene) {
      await scene.policy();
      const asked = await approved(scene);
      await scene.review(await scene.arena.as('bea', 'leads'), asked, 'Deny');
      return scene.ended(asked);
    },
  },
  {
    title: 'takes an approval back before access begins',
    promise: 'P1',
    stoppedBy: 'Reviewed ReviewsMissing',
    async run(scene) {
      await scene.policy();
      const asked = await approved(scene);
      const { items } = await scene.admin.list(ACCESS_REVIEWS.resource, { namespace: scene.namespace });
      for (const {
        metadata: { name = '', uid = '', namespace = '' },
      } of items)
        await (await scene.lead()).delete(ACCESS_REVIEWS.resource, { namespace, name }, { uid });
      return scene.pendingAgain(asked);
    },
  },
  {
    title: 'is no longer named when access begins',
    promise: 'P1',
    stoppedBy: 'Reviewed ReviewsMissing',
    async run(scene) {
      await scene.policy();
      const asked = await approved(scene);
      await scene.edit(scene.admin, { approval: scene.byGroups('security') });
      return scene.pendingAgain(asked);
    },
  },
  {
    title: 'approved under a policy that was replaced under its name, before access begins',
    promise: 'P1',
    stoppedBy: 'Reviewed ReviewsMissing',
    async run(scene) {
      await scene.policy();
      const asked = await approved(scene);
      await scene.drop();
      await scene.policy({ approval: scene.byGroups('security') });
      return scene.pendingAgain(asked);
    },
  },
  {
    title: 'takes an approval back during the grant, to have never given it',
    promise: 'P5',
    stoppedBy: 'Reviewed lena, Granted daypass-operator, Revoked daypass-operator',
    async run(scene) {
      await scene.policy();
      const dana = await scene.developer();
      const grant = await scene.grant(dana);
      const { items } = await scene.admin.list(ACCESS_REVIEWS.resource, { namespace: scene.namespace });
      for (const {
        metadata: { name = '', uid = '', namespace = '' },
      } of items)
        await (await scene.lead()).delete(ACCESS_REVIEWS.resource, { namespace, name }, { uid });
      await scene.review(dana, grant, 'Revoke');
      const { status } = await scene.until(grant, 'the end', (request) => request.status.endedAt !== undefined);
      const told = status.history?.filter(({ type, actor }) => type !== 'Requested' && !actor.startsWith('dev-'));
      return (told ?? [])
        .filter(({ type }) => type !== 'Approved')
        .map(({ type, actor }) => `${type} ${actor}`)
        .join(', ');
    },
  },
];

/** Of whoever reviews. */
export const REVIEWER: readonly DecidedAttack[] = [...BY_ANOTHER_REVIEW, ...BY_WHO_THEY_ARE, ...BY_WHEN];
