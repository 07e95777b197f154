import type { PolicyRule } from '../../src/rbac/rules.ts';
import { NO_RULE } from '../../src/rbac/test-rules.ts';
import { ok } from '../identity/answers.ts';
import { type Answer, type Caller, callerFrom } from '../identity/caller.ts';
import {
  bindInCluster,
  CLUSTER_ROLE_BINDINGS,
  CLUSTER_ROLES,
  createRole,
  effective,
  pathsIn,
} from '../identity/stage.ts';
import { sharedControlPlane, uniqueName } from '../support/shared.ts';

/** Where rights are held: in the whole cluster by a ClusterRole, or in one namespace by a Role. */
type Scope = 'cluster' | 'namespace';

/** Exactly these rights in that scope. */
export interface Rights {
  readonly scope: Scope;
  readonly rules: readonly PolicyRule[];
}

/** Somebody who holds rights, and may create roles of the kind that they are held by. */
export interface Holder {
  /** Tries to create such a role with these rules: a dry run, so nothing comes of it. */
  readonly create: (wanted: readonly PolicyRule[]) => Promise<Answer>;
}

/** Makes a holder for each of these rights, and resolves once the API server knows of all. */
export async function holders<Each extends Rights>(all: readonly Each[]): Promise<(Each & Holder)[]> {
  const admin = await callerFrom(sharedControlPlane().kubeconfig);
  const namespace = uniqueName('holders');
  ok(await admin.create('/api/v1/namespaces', { metadata: { name: namespace } }));
  await letCreateRoles(admin, namespace);
  const made = await Promise.all(
    all.map(async (each, index) => ({ ...each, ...(await give(admin, namespace, `${namespace}-${index}`, each)) })),
  );
  // The API server learns of bindings, and of roles, in the order in which they were made: with the last it knows all.
  const last = { ...NO_RULE, apiGroups: ['example.com'], resources: ['lasts'], verbs: ['get'] };
  for (const scope of ['cluster', 'namespace'] as const) {
    const name = `${namespace}-${scope}`;
    await give(admin, namespace, name, { scope, rules: [last] });
    const right = { group: 'example.com', resource: 'lasts', verb: 'get' };
    await effective(admin.impersonating(name), scope === 'cluster' ? right : { ...right, namespace });
  }
  return made;
}

async function letCreateRoles(admin: Caller, group: string): Promise<void> {
  const resources = ['roles', 'clusterroles'];
  await createRole(admin, group, [{ apiGroups: ['rbac.authorization.k8s.io'], resources, verbs: ['create'] }]);
  await bindInCluster(admin, group, { kind: 'Group', name: group }, admin.impersonating('anyone', group));
}

async function give(admin: Caller, namespace: string, name: string, { scope, rules }: Rights): Promise<Holder> {
  const { kind, roles, bindings } = {
    cluster: { kind: 'ClusterRole', roles: CLUSTER_ROLES, bindings: CLUSTER_ROLE_BINDINGS },
    namespace: { kind: 'Role', ...pathsIn(namespace) },
  }[scope];
  ok(await admin.create(roles, { metadata: { name }, rules }));
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind, name };
  ok(await admin.create(bindings, { metadata: { name }, roleRef, subjects: [{ kind: 'User', name }] }));
  const holder = admin.impersonating(name, namespace);
  return {
    create: (wanted) => holder.create(`${roles}?dryRun=All`, { metadata: { name: `${name}-wanted` }, rules: wanted }),
  };
}
