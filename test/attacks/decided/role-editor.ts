import { ACCESS_REQUESTS } from '../../../src/api/access-request.ts';
import { CLUSTER_ROLES } from '../../../src/api/kubernetes.ts';
import { type Grant, removeByName } from '../../operator/grant.ts';
import type { DecidedAttack } from './attack.ts';
import { type Scene, soon } from './scene.ts';

const AUTOMATIC = { approval: { automatic: true } };
const LOOK = { apiGroups: [''], resources: ['pods'], verbs: ['get'] };
const READ_SECRETS = { apiGroups: [''], resources: ['secrets'], verbs: ['get'] };

/** A grant of a role that nobody else uses: of this content, if any is given. */
async function grantOf(scene: Scene, role: string, content?: object): Promise<Grant> {
  if (content) await scene.admin.create(CLUSTER_ROLES, { metadata: { name: role }, ...content });
  await scene.policy({ ...AUTOMATIC, roles: [role] });
  return scene.grant(await scene.developer(), { roleRef: { kind: 'ClusterRole', name: role } });
}

/** Of whoever may change ClusterRoles, and bind them, so that admission lets them. */
export const ROLE_EDITOR: readonly DecidedAttack[] = [
  {
    title: 'adds a rule to a role during a grant',
    promise: 'P3',
    stoppedBy: 'Revoked RoleChanged',
    async run(scene) {
      const role = scene.arena.role();
      const grant = await grantOf(scene, role, { rules: [LOOK] });
      await scene.admin.patch(CLUSTER_ROLES, { name: role }, { rules: [LOOK, READ_SECRETS] });
      return scene.ended(grant);
    },
  },
  {
    title: 'has another role aggregated into one during a grant',
    promise: 'P3',
    stoppedBy: 'Revoked RoleChanged',
    async run(scene) {
      const [role, labels] = [scene.arena.role(), { scene: scene.namespace }];
      await scene.admin.create(CLUSTER_ROLES, { metadata: { name: `a-${role}`, labels }, rules: [LOOK] });
      const grant = await grantOf(scene, role, {
        aggregationRule: { clusterRoleSelectors: [{ matchLabels: labels }] },
        rules: [],
      });
      await scene.admin.create(CLUSTER_ROLES, { metadata: { name: `b-${role}`, labels }, rules: [READ_SECRETS] });
      return scene.ended(grant);
    },
  },
  {
    title: 'deletes a role during a grant, so that nobody can look up when it ends',
    promise: 'P2',
    stoppedBy: 'Revoked RoleChanged',
    async run(scene) {
      const role = scene.arena.role();
      const grant = await grantOf(scene, role, { rules: [LOOK] });
      await removeByName(scene.admin, CLUSTER_ROLES, role);
      return scene.ended(grant);
    },
  },
  {
    title: 'plants a role over Secrets under a name that a policy lists, and that was not there yet',
    promise: 'P3',
    stoppedBy: 'Denied NoPolicyPermits',
    async run(scene) {
      const role = scene.arena.role();
      await scene.policy({ ...AUTOMATIC, roles: [role] });
      const asked = await scene.ask(await scene.developer(), { roleRef: { kind: 'ClusterRole', name: role } });
      await scene.until(asked, 'it waits for the role', ({ status }) =>
        JSON.stringify(status).includes('RoleNotFound'),
      );
      await scene.admin.create(CLUSTER_ROLES, { metadata: { name: role }, rules: [READ_SECRETS] });
      return scene.ended(asked);
    },
  },
  {
    title: 'plants a role over Secrets between approval and start',
    promise: 'P3',
    stoppedBy: 'Denied NoPolicyPermits',
    async run(scene) {
      const role = scene.arena.role();
      await scene.admin.create(CLUSTER_ROLES, { metadata: { name: role }, rules: [LOOK] });
      await scene.policy({ ...AUTOMATIC, roles: [role] });
      const roleRef = { kind: 'ClusterRole', name: role };
      const asked = await scene.ask(await scene.developer(), { roleRef, startTime: soon() });
      await scene.reaches(asked, 'Approved');
      await removeByName(scene.admin, CLUSTER_ROLES, role);
      await scene.admin.create(CLUSTER_ROLES, { metadata: { name: role }, rules: [READ_SECRETS] });
      return scene.ended(asked);
    },
  },
  {
    title: 'leaves nothing of a policy and a role but the grant',
    promise: 'P2',
    stoppedBy: 'Revoked RoleChanged',
    async run(scene) {
      const role = scene.arena.role();
      const grant = await grantOf(scene, role, { rules: [LOOK] });
      await scene.drop();
      await removeByName(scene.admin, CLUSTER_ROLES, role);
      return scene.ended(grant);
    },
  },
  {
    title: 'deletes the policy of a short grant, so that nobody can look up when it ends',
    promise: 'P2',
    stoppedBy: 'Expired Expired',
    async run(scene) {
      await scene.policy(AUTOMATIC);
      const grant = await scene.grant(await scene.developer(), { duration: '3s' });
      await scene.drop();
      return scene.ended(grant);
    },
  },
  {
    title: 'breaks the glass: takes off the finalizer, and deletes the request but not its grant',
    promise: 'P1',
    stoppedBy: 'the binding is gone',
    async run(scene) {
      await scene.policy(AUTOMATIC);
      const { namespace, name, uid, managed } = await scene.grant(await scene.developer());
      const at = { namespace, name };
      await scene.admin.delete(ACCESS_REQUESTS.resource, at, { uid });
      await scene.admin.patch(ACCESS_REQUESTS.resource, at, { metadata: { finalizers: null } }).catch(() => undefined);
      await scene.arena.bindings.find(
        'the binding gone',
        ({ type, object }) => type === 'DELETED' && object.metadata.name === managed,
      );
      return 'the binding is gone';
    },
  },
];
