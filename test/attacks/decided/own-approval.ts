import type { HttpClient } from '../../../src/runtime/http-client.ts';
import type { DecidedAttack } from './attack.ts';
import type { Rule } from './rights.ts';
import type { Scene } from './scene.ts';

const PROMISE = 'P4';

/** How a person comes by a second username: another spelling, which some directories take for the same account. */
const SPELLINGS: readonly (readonly [how: string, one: string, other: string])[] = [
  ['in capitals', 'dana', 'DANA'],
  ['with a composed letter', 'Ren\u0065\u0301e', 'Ren\u00e9e'],
  ['in full-width letters', 'dana', '\uff44\uff41\uff4e\uff41'],
  ['with a ligature', 'fina', '\ufb01na'],
  ['with the Kelvin sign', 'kim', '\u212aim'],
  ['with a long s', 'sue', '\u017fue'],
  ['with a dotless i', 'lisa', 'l\u0131sa'],
  ['with a sharp s', 'strauss', 'strau\u00df'],
  ['with a final sigma', '\u03c3\u03c9\u03c3', '\u03c3\u03c9\u03c2'],
  ['with a zero-width space', 'dana', 'da\u200bna'],
  ['with a soft hyphen', 'dana', 'da\u00adna'],
  ['with a byte order mark', 'dana', '\ufeffdana'],
  ['with a right-to-left override', 'dana', 'da\u202ena'],
  ['with a trailing space', 'dana', 'dana '],
];

/** What lets its holder act as any service account of a namespace. */
const WAYS: readonly (readonly [how: string, apiGroup: string, resource: string, verb: string])[] = [
  ['create pods', '', 'pods', 'create'],
  ['add a container to a pod', '', 'pods/ephemeralcontainers', 'patch'],
  ['run a shell in a pod', '', 'pods/exec', 'create'],
  ['change Deployments', 'apps', 'deployments', 'patch'],
  ['create Jobs', 'batch', 'jobs', 'create'],
  ['create CronJobs', 'batch', 'cronjobs', 'create'],
  ['create tokens', '', 'serviceaccounts/token', 'create'],
  ['impersonate service accounts', '', 'serviceaccounts', 'impersonate'],
  ['read Secrets', '', 'secrets', 'get'],
  ['create RoleBindings', 'rbac.authorization.k8s.io', 'rolebindings', 'create'],
];

/** The same for all namespaces: such rights nobody has in one alone. */
const WAYS_EVERYWHERE: typeof WAYS = [
  ['run commands in pods by their nodes', '', 'nodes/proxy', 'get'],
  ['create ClusterRoleBindings', 'rbac.authorization.k8s.io', 'clusterrolebindings', 'create'],
];

/** A lead, of a name that nobody else has, and this right here, or everywhere. */
async function leadWho(scene: Scene, way: (typeof WAYS)[number]): Promise<HttpClient> {
  const [, apiGroup, resource, verb] = way;
  const name = `lead-${scene.namespace}`;
  const rule: Rule = { apiGroups: [apiGroup], resources: [resource], verbs: [verb] };
  await (WAYS_EVERYWHERE.includes(way) ? scene.rightEverywhere(name, rule) : scene.right(name, rule));
  return scene.arena.as(name, 'leads', 'developers');
}

/** A service account may approve; where it could never count, people must be able to, or nothing would wait for it. */
function byLeadsOr(account: object): object {
  return { required: [{ reviewers: [account, { kind: 'Group', name: 'leads' }], count: 1 }] };
}

/** Approves what they asked for themselves. */
export const OWN_APPROVAL: readonly DecidedAttack[] = [
  {
    title: 'approves their own request, as one of those who may approve',
    promise: PROMISE,
    stoppedBy: 'OwnRequest',
    async run(scene) {
      await scene.policy();
      const dana = await scene.developer(undefined, 'leads');
      return scene.review(dana, await scene.pending(dana), 'Approve');
    },
  },
  {
    title: 'approves as a member of two groups, each of which must agree',
    promise: PROMISE,
    stoppedBy: 'OwnRequest',
    async run(scene) {
      await scene.policy({ approval: scene.byGroups('leads', 'security') });
      const dana = await scene.developer(undefined, 'leads', 'security');
      const asked = await scene.pending(dana);
      await scene.review(await scene.lead(), asked, 'Approve');
      return scene.review(dana, asked, 'Approve');
    },
  },
  {
    title: 'leaves their groups, and approves by name',
    promise: PROMISE,
    stoppedBy: 'OwnRequest',
    async run(scene) {
      const name = `dev-${scene.namespace}`;
      await scene.policy({
        approval: {
          required: [
            {
              reviewers: [
                { kind: 'User', name },
                { kind: 'User', name: 'lena' },
              ],
              count: 1,
            },
          ],
        },
      });
      const asked = await scene.pending(await scene.developer(name));
      return scene.review(await scene.arena.as(name, 'leads'), asked, 'Approve');
    },
  },
  ...SPELLINGS.flatMap(([how, one, other]): DecidedAttack[] => [
    {
      title: `approves by a username that is their own ${how}`,
      promise: PROMISE,
      stoppedBy: 'OwnRequest',
      async run(scene) {
        await scene.policy();
        const own = scene.namespace;
        const asked = await scene.pending(await scene.developer(own + one));
        return scene.review(await scene.arena.as(own + other, 'leads'), asked, 'Approve');
      },
    },
  ]),
  ...[...WAYS, ...WAYS_EVERYWHERE].flatMap((way): DecidedAttack[] => [
    {
      title: `asks as a service account, and approves as somebody who may ${way[0]} there`,
      promise: PROMISE,
      stoppedBy: 'CouldActAsRequester',
      async run(scene) {
        await scene.policy({ requesters: [scene.account('deployer')] });
        const lead = await leadWho(scene, way);
        return scene.review(lead, await scene.pending(await scene.serviceAccount('deployer')), 'Approve');
      },
    },
    {
      title: `asks as somebody who may ${way[0]}, and approves as a service account from there`,
      promise: PROMISE,
      stoppedBy: 'CouldActAsRequester',
      async run(scene) {
        await scene.policy({ approval: { required: [{ reviewers: [scene.account('approver')], count: 1 }] } });
        const asked = await scene.pending(await leadWho(scene, way));
        return scene.review(await scene.serviceAccount('approver'), asked, 'Approve');
      },
    },
  ]),
  {
    title: 'asks for a service account as which somebody else could act, who approves',
    promise: PROMISE,
    stoppedBy: 'CouldActAsRequester',
    async run(scene) {
      await scene.policy({ onBehalfOf: [scene.account('deployer')] });
      const lead = await leadWho(scene, ['create pods', '', 'pods', 'create']);
      const asked = await scene.pending(await scene.developer(), { subject: scene.account('deployer') });
      return scene.review(lead, asked, 'Approve');
    },
  },
  {
    title: 'asks as a service account, where another is the only one who could approve',
    promise: PROMISE,
    stoppedBy: 'Denied NoReviewers',
    async run(scene) {
      const approval = { required: [{ reviewers: [scene.account('approver')], count: 1 }] };
      await scene.policy({ requesters: [scene.account('deployer')], approval });
      return scene.ended(await scene.ask(await scene.serviceAccount('deployer')));
    },
  },
  {
    title: 'asks as a service account, and approves as another of the same namespace',
    promise: PROMISE,
    stoppedBy: 'CouldActAsRequester',
    async run(scene) {
      await scene.policy({ approval: byLeadsOr(scene.account('approver')), requesters: [scene.account('deployer')] });
      const asked = await scene.pending(await scene.serviceAccount('deployer'));
      return scene.review(await scene.serviceAccount('approver'), asked, 'Approve');
    },
  },
  {
    title: "asks for a service account, and approves as another, both of them somebody else's",
    promise: PROMISE,
    stoppedBy: 'CouldActAsRequester',
    async run(scene) {
      await scene.policy({ approval: byLeadsOr(scene.account('approver')), onBehalfOf: [scene.account('deployer')] });
      const asked = await scene.pending(await scene.developer(), { subject: scene.account('deployer') });
      return scene.review(await scene.serviceAccount('approver'), asked, 'Approve');
    },
  },
  {
    title: 'asks for a service account, which approves',
    promise: PROMISE,
    stoppedBy: 'CouldActAsRequester',
    async run(scene) {
      const deployer = scene.account('deployer');
      await scene.policy({ onBehalfOf: [deployer], approval: byLeadsOr(deployer) });
      const asked = await scene.pending(await scene.developer(), { subject: deployer });
      return scene.review(await scene.serviceAccount('deployer'), asked, 'Approve');
    },
  },
];
