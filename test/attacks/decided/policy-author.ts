import type { HttpClient } from '../../../src/runtime/http-client.ts';
import { putPolicy } from '../../operator/stage.ts';
import type { DecidedAttack } from './attack.ts';
import { type Scene, soon } from './scene.ts';

const AUTOMATIC = { approval: { automatic: true } };

function user(name: string): object {
  return { kind: 'User', name };
}

/** Somebody who may write policies, and bind the one role that they name here. */
function author(scene: Scene): Promise<HttpClient> {
  return scene.arena.as('paul', 'policy-authors');
}

/** Resolves with how it ends for whoever asks under a policy of this author. */
async function asked(scene: Scene, spec: object, request: object = {}): Promise<string> {
  await putPolicy(await author(scene), scene.namespace, { namespaces: { names: [scene.namespace] }, ...spec });
  return scene.ended(await scene.ask(await scene.developer(), request));
}

/** By a policy that asks less than it seems to. */
const BY_WRITING: readonly DecidedAttack[] = [
  {
    title: 'lets nobody but the requester approve',
    promise: 'P1',
    stoppedBy: 'Denied NoReviewers',
    run: (scene) => {
      return asked(scene, { approval: { required: [{ reviewers: [user(`dev-${scene.namespace}`)], count: 1 }] } });
    },
  },
  {
    title: 'lets one person approve twice',
    promise: 'P1',
    stoppedBy: 'Denied NoReviewers',
    run: (scene) => {
      return asked(scene, { approval: { required: [1, 1].map((count) => ({ reviewers: [user('lena')], count })) } });
    },
  },
  {
    title: 'asks for two of one person',
    promise: 'P1',
    stoppedBy: 'Denied NoReviewers',
    run: (scene) => asked(scene, { approval: { required: [{ reviewers: [user('lena'), user('lena')], count: 2 }] } }),
  },
  {
    title: 'lets nobody but who breaks the glass look at it afterwards',
    promise: 'P1',
    stoppedBy: 'Denied NoReviewers',
    run: (scene) => {
      const approval = { required: [{ reviewers: [user(`dev-${scene.namespace}`)], count: 1 }] };
      const emergency = { maxDuration: '10m', reviewWithin: '1h' };
      return asked(scene, { approval, emergency }, { emergency: true });
    },
  },
  ...(['requesters', 'namespaces', 'roles'] as const).map(
    (field): DecidedAttack => ({
      title: `leaves ${field} out, so that it means everything`,
      promise: 'P6',
      stoppedBy: 'Denied NoPolicyPermits',
      run: (scene) => asked(scene, { ...AUTOMATIC, [field]: undefined }),
    }),
  ),
  {
    title: 'writes a broad automatic policy beside a strict one',
    promise: 'P1',
    stoppedBy: 'ReviewsMissing',
    async run(scene) {
      await scene.policy();
      const namespaces = {
        selector: {
          matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: [scene.namespace] }],
        },
      };
      await putPolicy(await author(scene), `a-${scene.namespace}`, { ...AUTOMATIC, namespaces });
      return scene.waitsFor(await scene.ask(await scene.developer()), 'Approved');
    },
  },
];

/** By changing a policy under those who rely on it. The operator waits 30 s before it decides again. */
const BY_EDITING: readonly DecidedAttack[] = [
  {
    title: 'makes the time longer during a grant',
    promise: 'P2',
    stoppedBy: 'Expired Expired',
    async run(scene) {
      await scene.policy(AUTOMATIC);
      const grant = await scene.grant(await scene.developer(), { duration: '3s' });
      await scene.edit(await author(scene), { duration: { default: '12h', max: '12h' } });
      return scene.ended(grant);
    },
  },
  {
    title: 'asks for approvals during a grant that had none',
    promise: 'P1',
    stoppedBy: 'Revoked PolicyChanged',
    async run(scene) {
      await scene.policy(AUTOMATIC);
      const grant = await scene.grant(await scene.developer());
      await scene.edit(await author(scene), { approval: { automatic: null, ...scene.byGroups('leads') } });
      return scene.ended(grant);
    },
  },
  {
    title: 'takes the asker out during a grant',
    promise: 'P1',
    stoppedBy: 'Revoked PolicyChanged',
    async run(scene) {
      await scene.policy(AUTOMATIC);
      const grant = await scene.grant(await scene.developer());
      await scene.edit(await author(scene), { requesters: [user('nobody')] });
      return scene.ended(grant);
    },
  },
  {
    title: 'replaces a policy under its name by one that others must agree to, during a grant',
    promise: 'P1',
    stoppedBy: 'Revoked PolicyChanged',
    async run(scene) {
      await scene.policy();
      const grant = await scene.grant(await scene.developer());
      await scene.drop();
      await scene.policy({ approval: scene.byGroups('security') });
      return scene.ended(grant);
    },
  },
  {
    title: 'replaces a policy under its name, and an approval of the old one is all that the new one asks',
    promise: 'P1',
    stoppedBy: 'NotAReviewer',
    async run(scene) {
      await scene.policy({ approval: scene.byGroups('leads', 'security') });
      const request = await scene.pending(await scene.developer());
      await scene.review(await scene.lead(), request, 'Approve');
      await scene.drop();
      await scene.policy({ approval: scene.byGroups('security') });
      return scene.oneIs(request, 'NotAReviewer');
    },
  },
  {
    title: 'asks for one approval more before access begins',
    promise: 'P1',
    stoppedBy: 'Reviewed ReviewsMissing',
    async run(scene) {
      await scene.policy(AUTOMATIC);
      const request = await scene.ask(await scene.developer(), { startTime: soon() });
      await scene.reaches(request, 'Approved');
      await scene.edit(await author(scene), { approval: { automatic: null, ...scene.byGroups('leads') } });
      return scene.pendingAgain(request);
    },
  },
];

/** Of whoever writes policies. */
export const POLICY_AUTHOR: readonly DecidedAttack[] = [...BY_WRITING, ...BY_EDITING];
