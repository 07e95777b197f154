import { ACCESS_REQUESTS } from '../../../src/api/access-request.ts';
import { ACCESS_REVIEWS } from '../../../src/api/access-review.ts';
import { GITOPS_MARKS } from '../../../src/api/names.ts';
import type { Grant } from '../../operator/grant.ts';
import type { DecidedAttack } from './attack.ts';
import type { Scene } from './scene.ts';

const LEADS = { kind: 'Group', name: 'leads' };
/** As often as it takes to fill a history by approving and taking it back. */
const OFTEN = 35;

/** A lead, of a name that nobody else has, who may make tokens for the service accounts of the scene. */
async function powerfulLead(scene: Scene) {
  const name = `lead-${scene.namespace}`;
  const rule = { apiGroups: [''], resources: ['serviceaccounts/token'], verbs: ['create'] } as const;
  await scene.right(name, rule);
  return scene.arena.as(name, 'leads');
}

/** What waits for a lead and for a service account. */
async function waitsForBoth(scene: Scene): Promise<Grant> {
  const required = [
    { reviewers: [LEADS], count: 1 },
    { reviewers: [scene.account('approver')], count: 1 },
  ];
  await scene.policy({ approval: { required } });
  return scene.pending(await scene.developer());
}

/** Fills two places as one person, or harms what belongs to others. */
export const ONE_PERSON: readonly DecidedAttack[] = [
  {
    title: 'fills both places, as themself and then as a service account that they have tokens for',
    promise: 'P4',
    stoppedBy: 'CouldActAsReviewer',
    async run(scene) {
      const asked = await waitsForBoth(scene);
      await scene.review(await powerfulLead(scene), asked, 'Approve');
      await scene.review(await scene.serviceAccount('approver'), asked, 'Approve');
      return scene.oneIs(asked, 'CouldActAsReviewer');
    },
  },
  {
    title: 'fills both places, as a service account that they have tokens for and then as themself',
    promise: 'P4',
    stoppedBy: 'CouldActAsReviewer',
    async run(scene) {
      const asked = await waitsForBoth(scene);
      const lead = await powerfulLead(scene);
      await scene.review(await scene.serviceAccount('approver'), asked, 'Approve');
      await scene.review(lead, asked, 'Approve');
      return scene.oneIs(asked, 'CouldActAsReviewer');
    },
  },
  {
    title: 'fills both places, as two service accounts',
    promise: 'P4',
    stoppedBy: 'CouldActAsReviewer',
    async run(scene) {
      const required = ['one', 'other'].map((name) => ({ reviewers: [scene.account(name), LEADS], count: 1 }));
      await scene.policy({ approval: { required } });
      const asked = await scene.pending(await scene.developer());
      await scene.review(await scene.serviceAccount('one'), asked, 'Approve');
      await scene.review(await scene.serviceAccount('other'), asked, 'Approve');
      return scene.oneIs(asked, 'CouldActAsReviewer');
    },
  },
  {
    title: 'is asked as two service accounts, and nobody else',
    promise: 'P4',
    stoppedBy: 'Denied NoReviewers',
    async run(scene) {
      const required = ['one', 'other'].map((name) => ({ reviewers: [scene.account(name)], count: 1 }));
      await scene.policy({ approval: { required } });
      return scene.ended(await scene.ask(await scene.developer()));
    },
  },
  ...GITOPS_MARKS.map(
    (mark): DecidedAttack => ({
      title: `marks the waiting request of another with ${mark}, to have it denied`,
      promise: 'P4',
      stoppedBy: 'Active',
      async run(scene) {
        await scene.policy();
        const asked = await scene.pending(await scene.developer());
        const rule = { apiGroups: ['daypass.dev'], resources: ['accessrequests'], verbs: ['patch'] } as const;
        await scene.right(`patcher-${scene.namespace}`, rule);
        const patcher = await scene.arena.as(`patcher-${scene.namespace}`);
        const { namespace, name, uid } = asked;
        const metadata = { annotations: { [mark]: 'x' }, labels: { [mark]: 'x' } };
        await patcher.patch(ACCESS_REQUESTS.resource, { namespace, name }, { metadata });
        scene.granted.add(uid);
        await scene.review(await scene.lead(), asked, 'Approve');
        return scene.reaches(asked, 'Active', 'Denied');
      },
    }),
  ),
  {
    title: 'approves and takes it back until the history has no room for what others did',
    promise: 'P5',
    stoppedBy: 'Requested, Reviewed sue, Denied daypass-operator',
    async run(scene) {
      await scene.policy({ approval: scene.byGroups('leads', 'leads', 'security') });
      const asked = await scene.pending(await scene.developer());
      const sue = await scene.arena.as('sue', 'security');
      await scene.review(sue, asked, 'Approve');
      for (let time = 0; time < OFTEN; time++) await approveAndTakeBack(scene, asked, 2 + 2 * time);
      await scene.review(sue, asked, 'Deny');
      const { status } = await scene.until(asked, 'the end', (request) => request.status.endedAt !== undefined);
      return (status.history ?? [])
        .filter(({ actor, reason }) => actor !== 'lena' && reason !== 'Deny')
        .map(({ type, actor }) => (type === 'Requested' ? type : `${type} ${actor}`))
        .join(', ');
    },
  },
];

/** Resolves once both are on record, after so many other entries. */
async function approveAndTakeBack(scene: Scene, asked: Grant, before: number): Promise<void> {
  const { namespace, name, uid } = asked;
  const lena = await scene.lead();
  const recorded = (entries: number) =>
    scene.until(asked, `${entries} entries`, ({ status }) => (status.history?.at(-1)?.sequence ?? 0) >= entries);
  const { metadata } = await lena.create(ACCESS_REVIEWS.resource, {
    metadata: { generateName: 'churn-', namespace },
    spec: { request: { name, uid }, decision: 'Approve' },
  });
  await recorded(before + 1);
  await lena.delete(ACCESS_REVIEWS.resource, { namespace, name: metadata.name ?? '' }, { uid: metadata.uid ?? '' });
  await recorded(before + 2);
}
