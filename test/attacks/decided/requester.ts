import { ACCESS_REQUESTS } from '../../../src/api/access-request.ts';
import { GITOPS_MARKS, PROTECTED_LABEL } from '../../../src/api/names.ts';
import type { DecidedAttack } from './attack.ts';

const AUTOMATIC = { approval: { automatic: true } };
const DAY = 24 * 3600 * 1000;

/** By what they write into a request. */
const BY_ASKING: readonly DecidedAttack[] = [
  {
    title: 'asks for a role that the policy does not list',
    promise: 'P1',
    stoppedBy: 'Denied NoPolicyPermits',
    async run(scene) {
      await scene.policy(AUTOMATIC);
      const spec = { roleRef: { kind: 'ClusterRole', name: 'daypass-restart' } };
      return scene.ended(await scene.ask(await scene.developer(), spec));
    },
  },
  ...(['10h', '1h0m1s', '99999h'] as const).map(
    (duration): DecidedAttack => ({
      title: `asks for ${duration} where an hour is the most`,
      promise: 'P2',
      stoppedBy: 'Denied NoPolicyPermits',
      async run(scene) {
        await scene.policy(AUTOMATIC);
        return scene.ended(await scene.ask(await scene.developer(), { duration }));
      },
    }),
  ),
  {
    title: 'lets the time begin in the year 9999',
    promise: 'P2',
    stoppedBy: 'Denied StartTooFar',
    async run(scene) {
      await scene.policy(AUTOMATIC);
      return scene.ended(await scene.ask(await scene.developer(), { startTime: '9999-12-31T23:59:59Z' }));
    },
  },
  {
    title: 'lets the time begin a week and a minute ahead',
    promise: 'P2',
    stoppedBy: 'Denied StartTooFar',
    async run(scene) {
      await scene.policy(AUTOMATIC);
      const startTime = new Date(Date.now() + 7 * DAY + 60_000).toISOString();
      return scene.ended(await scene.ask(await scene.developer(), { startTime }));
    },
  },
  {
    title: 'lets the time begin in 1970, or gets two seconds from when access begins',
    promise: 'P2',
    stoppedBy: 'Expired Expired 2 s after it was granted',
    async run(scene) {
      await scene.policy(AUTOMATIC);
      const grant = await scene.grant(await scene.developer(), { duration: '2s', startTime: '1970-01-01T00:00:00Z' });
      const end = await scene.ended(grant);
      const { status } = await scene.until(grant, 'the end', (request) => request.status.endedAt !== undefined);
      const seconds = (Date.parse(status.expiresAt ?? '') - Date.parse(status.grantedAt ?? '')) / 1000;
      return `${end} ${seconds} s after it was granted`;
    },
  },
  ...(['label', 'annotation'] as const).flatMap((where) =>
    GITOPS_MARKS.map(
      (mark): DecidedAttack => ({
        title: `has GitOps keep a request in being, by the ${where} ${mark}`,
        promise: 'P1',
        stoppedBy: 'Denied ManagedByGitOps',
        async run(scene) {
          await scene.policy(AUTOMATIC);
          const metadata = { [`${where}s`]: { [mark]: 'payments' } };
          return scene.ended(await scene.ask(await scene.developer(), {}, metadata));
        },
      }),
    ),
  ),
  ...['kube-system', 'kube-public', 'daypass-system'].map(
    (namespace): DecidedAttack => ({
      title: `asks in ${namespace}, which a policy names`,
      promise: 'P7',
      stoppedBy: 'Denied ClosedNamespace',
      async run(scene) {
        await scene.policy({ ...AUTOMATIC, namespaces: { names: [namespace] } });
        scene.namespaces.push(namespace);
        return scene.ended(await scene.ask(await scene.developer(), {}, { namespace }));
      },
    }),
  ),
  {
    title: 'asks in a protected namespace, which a policy names',
    promise: 'P7',
    stoppedBy: 'Denied ClosedNamespace',
    async run(scene) {
      const namespace = await scene.annex({ [PROTECTED_LABEL]: '' });
      await scene.policy(AUTOMATIC);
      return scene.ended(await scene.ask(await scene.developer(), {}, { namespace }));
    },
  },
  {
    title: 'is the scheduler, in the group that may ask',
    promise: 'P4',
    stoppedBy: 'Denied SystemAccount',
    async run(scene) {
      await scene.policy(AUTOMATIC);
      return scene.ended(await scene.ask(await scene.developer('system:kube-scheduler')));
    },
  },
  {
    title: 'is anonymous, in the group that may ask',
    promise: 'P4',
    stoppedBy: 'Denied SystemAccount',
    async run(scene) {
      await scene.policy(AUTOMATIC);
      return scene.ended(await scene.ask(await scene.developer('system:anonymous')));
    },
  },
  {
    title: 'is a service account, and a policy names the group of all of them',
    promise: 'P4',
    stoppedBy: 'Denied NoPolicyPermits',
    async run(scene) {
      const requesters = ['system:serviceaccounts', 'system:authenticated'].map((name) => ({ kind: 'Group', name }));
      await scene.policy({ ...AUTOMATIC, requesters });
      return scene.ended(await scene.ask(await scene.serviceAccount('deployer')));
    },
  },
  {
    title: 'is a service account of the name that a policy lists, from another namespace',
    promise: 'P4',
    stoppedBy: 'Denied NoPolicyPermits',
    async run(scene) {
      const requesters = [{ kind: 'ServiceAccount', namespace: scene.namespace, name: 'deployer' }];
      await scene.policy({ ...AUTOMATIC, requesters });
      const elsewhere = await scene.annex();
      return scene.ended(await scene.ask(await scene.serviceAccount('deployer', elsewhere)));
    },
  },
  {
    title: 'asks for a service account that no policy lets them ask for',
    promise: 'P4',
    stoppedBy: 'Denied NoPolicyPermits',
    async run(scene) {
      await scene.policy(AUTOMATIC);
      const subject = { kind: 'ServiceAccount', namespace: 'kube-system', name: 'namespace-controller' };
      return scene.ended(await scene.ask(await scene.developer(), { subject }));
    },
  },
  {
    title: 'asks for the service account of the operator, as a policy lets them',
    promise: 'P7',
    stoppedBy: 'Denied SystemAccount',
    async run(scene) {
      const subject = { kind: 'ServiceAccount', namespace: 'daypass-system', name: 'daypass-operator' };
      await scene.policy({ ...AUTOMATIC, onBehalfOf: [subject] });
      return scene.ended(await scene.ask(await scene.developer(), { subject }));
    },
  },
  {
    title: 'asks for a risky role, where the policy lists it and does not say so',
    promise: 'P3',
    stoppedBy: 'Denied NoPolicyPermits',
    async run(scene) {
      await scene.policy({ ...AUTOMATIC, roles: ['daypass-pod-exec'] });
      const spec = { roleRef: { kind: 'ClusterRole', name: 'daypass-pod-exec' } };
      return scene.ended(await scene.ask(await scene.developer(), spec));
    },
  },
  {
    title: 'asks for a risky role that the operator may not bind',
    promise: 'P7',
    stoppedBy: 'Failed NotGrantable',
    async run(scene) {
      await scene.policy({ ...AUTOMATIC, roles: ['cluster-admin'], allowRisky: true });
      const spec = { roleRef: { kind: 'ClusterRole', name: 'cluster-admin' } };
      return scene.ended(await scene.ask(await scene.developer(), spec));
    },
  },
  {
    title: 'asks for permissions that the operator does not hold',
    promise: 'P7',
    stoppedBy: 'Failed NotGrantable',
    async run(scene) {
      const permissions = [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }];
      await scene.policy({ ...AUTOMATIC, roles: undefined, permissions, allowRisky: true });
      return scene.ended(await scene.ask(await scene.developer(), { roleRef: undefined, permissions }));
    },
  },
  {
    title: 'asks for one verb more than the permissions that a policy lists',
    promise: 'P3',
    stoppedBy: 'Denied NoPolicyPermits',
    async run(scene) {
      const ceiling = { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] };
      await scene.policy({ ...AUTOMATIC, roles: undefined, permissions: [ceiling] });
      const permissions = [{ ...ceiling, verbs: ['get', 'delete'] }];
      return scene.ended(await scene.ask(await scene.developer(), { roleRef: undefined, permissions }));
    },
  },
  {
    title: 'asks by permission for what a role gives that they may ask for',
    promise: 'P3',
    stoppedBy: 'Denied NoPolicyPermits',
    async run(scene) {
      await scene.policy(AUTOMATIC);
      const permissions = [{ apiGroups: [''], resources: ['pods/log'], verbs: ['get'] }];
      return scene.ended(await scene.ask(await scene.developer(), { roleRef: undefined, permissions }));
    },
  },
];

/** By asking again, or for something else. */
const BY_ANOTHER_REQUEST: readonly DecidedAttack[] = [
  {
    title: 'has a second request granted on the approval of the first',
    promise: 'P4',
    stoppedBy: 'ReviewsMissing',
    async run(scene) {
      await scene.policy();
      const dana = await scene.developer();
      await scene.grant(dana);
      return scene.waitsFor(await scene.pending(dana), 'Approved');
    },
  },
  {
    title: 'deletes an approved request and creates another of its name',
    promise: 'P4',
    stoppedBy: 'ReviewsMissing',
    async run(scene) {
      await scene.policy();
      const dana = await scene.developer();
      const { name, namespace, uid } = await scene.grant(dana, {}, { generateName: undefined, name: 'mine' });
      await dana.delete(ACCESS_REQUESTS.resource, { namespace, name }, { uid });
      await scene.arena.requests.find('the first is gone', (seen) => {
        return seen.type === 'DELETED' && seen.object.metadata.uid === uid;
      });
      return scene.waitsFor(await scene.pending(dana, {}, { generateName: undefined, name }), 'Approved');
    },
  },
  {
    title: 'asks where a broad automatic policy stands beside a strict one',
    promise: 'P1',
    stoppedBy: 'ReviewsMissing',
    async run(scene) {
      await scene.policy();
      await scene.policy(AUTOMATIC, `a-${scene.namespace}`);
      return scene.waitsFor(await scene.pending(await scene.developer()), 'Approved');
    },
  },
  {
    title: 'is denied under a strict policy, and a broad automatic one is left',
    promise: 'P1',
    stoppedBy: 'Denied DeniedByReviewer',
    async run(scene) {
      await scene.policy();
      await scene.policy(AUTOMATIC, `a-${scene.namespace}`);
      const asked = await scene.pending(await scene.developer());
      await scene.review(await scene.lead(), asked, 'Deny');
      return scene.ended(asked);
    },
  },
  {
    title: 'goes on after the strict policy was deleted, and a Deny is there',
    promise: 'P6',
    stoppedBy: 'Denied DeniedByPolicy',
    async run(scene) {
      await scene.policy();
      const asked = await scene.pending(await scene.developer());
      await scene.deny();
      await scene.policy(AUTOMATIC, `a-${scene.namespace}`);
      await scene.drop();
      return scene.ended(asked);
    },
  },
];

/** Of whoever asks. */
export const REQUESTER: readonly DecidedAttack[] = [...BY_ASKING, ...BY_ANOTHER_REQUEST];
