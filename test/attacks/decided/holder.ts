import { ACCESS_REQUESTS } from '../../../src/api/access-request.ts';
import type { Grant } from '../../operator/grant.ts';
import type { DecidedAttack } from './attack.ts';
import type { Scene } from './scene.ts';

const AUTOMATIC = { approval: { automatic: true } };
const BREAK_GLASS = { emergency: { maxDuration: '10m', reviewWithin: '1h' } };
const EMERGENCY = { emergency: true, duration: '5m' };

/** Asks for what is to take over from a grant. */
function extending({ name, uid }: Pick<Grant, 'name' | 'uid'>): object {
  return { extends: { name, uid } };
}

/** An emergency as it should be. */
async function emergency(scene: Scene, name?: string): Promise<Grant> {
  await scene.policy(BREAK_GLASS);
  return scene.grant(await scene.developer(name), EMERGENCY);
}

/** Takes over what is not theirs to take over. */
const BY_EXTENDING: readonly DecidedAttack[] = [
  {
    title: "extends somebody else's grant",
    promise: 'P4',
    stoppedBy: 'Denied NothingToExtend',
    async run(scene) {
      await scene.policy(AUTOMATIC);
      const grant = await scene.grant(await scene.developer());
      return scene.ended(await scene.ask(await scene.developer(`other-${scene.namespace}`), extending(grant)));
    },
  },
  {
    title: 'extends a grant of theirs that is over',
    promise: 'P2',
    stoppedBy: 'Denied NothingToExtend',
    async run(scene) {
      await scene.policy(AUTOMATIC);
      const dana = await scene.developer();
      const grant = await scene.grant(dana, { duration: '1s' });
      await scene.ended(grant);
      return scene.ended(await scene.ask(dana, extending(grant)));
    },
  },
  {
    title: 'extends a request that others have yet to approve',
    promise: 'P1',
    stoppedBy: 'Denied NothingToExtend',
    async run(scene) {
      await scene.policy();
      const dana = await scene.developer();
      return scene.ended(await scene.ask(dana, extending(await scene.pending(dana))));
    },
  },
  {
    title: 'extends a grant to another role',
    promise: 'P3',
    stoppedBy: 'Denied NothingToExtend',
    async run(scene) {
      await scene.policy({ ...AUTOMATIC, roles: ['daypass-pod-logs', 'daypass-restart'] });
      const dana = await scene.developer();
      const roleRef = { kind: 'ClusterRole', name: 'daypass-restart' };
      return scene.ended(await scene.ask(dana, { roleRef, ...extending(await scene.grant(dana)) }));
    },
  },
  {
    title: 'extends a grant to a service account',
    promise: 'P3',
    stoppedBy: 'Denied NothingToExtend',
    async run(scene) {
      await scene.policy({ ...AUTOMATIC, onBehalfOf: [scene.account('deployer')] });
      const dana = await scene.developer();
      const subject = scene.account('deployer');
      return scene.ended(await scene.ask(dana, { subject, ...extending(await scene.grant(dana)) }));
    },
  },
  {
    title: 'extends a grant to another namespace',
    promise: 'P3',
    stoppedBy: 'Denied NothingToExtend',
    async run(scene) {
      const namespace = await scene.annex();
      await scene.policy(AUTOMATIC);
      const dana = await scene.developer();
      return scene.ended(await scene.ask(dana, extending(await scene.grant(dana)), { namespace }));
    },
  },
  {
    title: 'extends what bears the name of a grant of theirs, by another uid',
    promise: 'P4',
    stoppedBy: 'Denied NothingToExtend',
    async run(scene) {
      await scene.policy(AUTOMATIC);
      const dana = await scene.developer();
      const { name } = await scene.grant(dana);
      return scene.ended(await scene.ask(dana, extending({ name, uid: crypto.randomUUID() })));
    },
  },
  {
    title: 'extends an approved grant without anybody approving that',
    promise: 'P1',
    stoppedBy: 'ReviewsMissing',
    async run(scene) {
      await scene.policy();
      const dana = await scene.developer();
      return scene.waitsFor(await scene.ask(dana, extending(await scene.grant(dana))), 'Approved');
    },
  },
];

/** Breaks the glass more often than once. */
const BY_EMERGENCIES: readonly DecidedAttack[] = [
  {
    title: 'has five emergencies at once',
    promise: 'P1',
    stoppedBy: '4 times Denied EmergencyNotReviewed',
    async run(scene) {
      await scene.annex();
      await scene.policy(BREAK_GLASS);
      const dana = await scene.developer();
      const asked = await Promise.all(
        Array.from({ length: 5 }, (_, n) => {
          return scene.ask(dana, EMERGENCY, { namespace: scene.namespaces[n % scene.namespaces.length] });
        }),
      );
      const phases = await Promise.all(asked.map((each) => scene.reaches(each, 'Active', 'Denied')));
      const one = asked[phases.indexOf('Active')];
      if (!one) throw new Error('not even one was granted');
      scene.granted.add(one.uid);
      const others = asked.filter(({ uid }) => uid !== one.uid);
      const ends = await Promise.all(others.map((each) => scene.ended(each)));
      return `${ends.length} times ${[...new Set(ends)].join(', ')}`;
    },
  },
  {
    title: 'deletes an emergency, to have another',
    promise: 'P5',
    stoppedBy: 'Denied EmergencyNotReviewed',
    async run(scene) {
      const { namespace, name, uid, ...rest } = await emergency(scene);
      const dana = await scene.developer();
      await dana.delete(ACCESS_REQUESTS.resource, { namespace, name }, { uid });
      await scene.ended({ namespace, name, uid, ...rest });
      return scene.ended(await scene.ask(dana, EMERGENCY));
    },
  },
  {
    title: 'has another under another spelling of their name',
    promise: 'P4',
    stoppedBy: 'Denied EmergencyNotReviewed',
    async run(scene) {
      await emergency(scene);
      return scene.ended(await scene.ask(await scene.developer(`DEV-${scene.namespace}`), EMERGENCY));
    },
  },
  {
    title: 'has another for a service account',
    promise: 'P4',
    stoppedBy: 'Denied EmergencyNotReviewed',
    async run(scene) {
      await emergency(scene);
      await scene.edit(scene.admin, { onBehalfOf: [scene.account('deployer')] });
      const subject = scene.account('deployer');
      return scene.ended(await scene.ask(await scene.developer(), { ...EMERGENCY, subject }));
    },
  },
  {
    title: 'reviews their own emergency, as one of those who may',
    promise: 'P4',
    stoppedBy: 'OwnRequest',
    async run(scene) {
      const grant = await emergency(scene);
      return scene.review(await scene.developer(undefined, 'leads'), grant, 'Approve');
    },
  },
  {
    title: 'has somebody review it whom nobody asked',
    promise: 'P4',
    stoppedBy: 'NotAReviewer',
    async run(scene) {
      return scene.review(await scene.arena.as('sue', 'security'), await emergency(scene), 'Approve');
    },
  },
  {
    title: 'has another after the policy that names the reviewers was deleted',
    promise: 'P6',
    stoppedBy: 'Denied EmergencyNotReviewed',
    async run(scene) {
      await emergency(scene);
      await scene.policy(BREAK_GLASS, `b-${scene.namespace}`);
      await scene.drop();
      return scene.ended(await scene.ask(await scene.developer(), EMERGENCY));
    },
  },
  {
    title: 'has an emergency longer than the policy lets one be',
    promise: 'P2',
    stoppedBy: 'Denied NoPolicyPermits',
    async run(scene) {
      await scene.policy(BREAK_GLASS);
      return scene.ended(await scene.ask(await scene.developer(), { ...EMERGENCY, duration: '11m' }));
    },
  },
  {
    title: 'calls it an emergency where the policy knows none',
    promise: 'P1',
    stoppedBy: 'Denied NoPolicyPermits',
    async run(scene) {
      await scene.policy();
      return scene.ended(await scene.ask(await scene.developer(), EMERGENCY));
    },
  },
];

/** Of whoever has access for a time. */
export const HOLDER: readonly DecidedAttack[] = [...BY_EXTENDING, ...BY_EMERGENCIES];
