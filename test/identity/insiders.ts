import { OPERATOR_NAME, OPERATOR_NAMESPACE } from '../../src/api/names.ts';
import { uniqueName } from '../support/shared.ts';
import type { Caller } from './caller.ts';
import {
  READ_SECRETS,
  type Rule,
  type Stage,
  type Subject,
  bindHere,
  bindInCluster,
  createRole,
  mayBind,
  person,
} from './stage.ts';

/** All but the ones that RBAC or Daypass give a meaning of their own: bind, escalate, breakglass. */
const EVERY_VERB = ['get', 'list', 'create', 'update', 'patch', 'delete', 'deletecollection'];

const DAYPASS = ['accessrequests', 'accessrequests/status', 'accessreviews', 'accessreviews/status'];

/** A person with every right in the namespace that an attack needs, so that RBAC leaves all to admission. */
export async function insider(stage: Stage, ...roles: readonly string[]): Promise<Caller & { name: string }> {
  const caller = await person(stage, ...roles);
  await arm(stage, { kind: 'User', name: caller.name }, caller);
  return caller;
}

/** The same for any account, such as one whose name policies know. */
export async function armed(stage: Stage, name: string): Promise<Caller & { name: string }> {
  const group = uniqueName(`${stage.namespace}-armed`); // so that the real account never has them
  const caller = stage.admin.impersonating(name, group);
  await arm(stage, { kind: 'Group', name: group }, caller);
  return { ...caller, name };
}

async function arm(stage: Stage, subject: Subject, caller: Caller): Promise<void> {
  const { admin, namespace, role } = stage;
  const [here, everywhere] = [uniqueName(`${namespace}-here`), uniqueName(`${namespace}-everywhere`)];
  const rbac = { apiGroups: ['rbac.authorization.k8s.io'], verbs: EVERY_VERB };
  await createRole(admin, here, [
    { apiGroups: ['daypass.dev'], resources: DAYPASS, verbs: EVERY_VERB },
    { apiGroups: ['batch'], resources: ['jobs', 'jobs/status'], verbs: EVERY_VERB },
    { apiGroups: [''], resources: ['pods'], verbs: EVERY_VERB },
    { apiGroups: ['', 'events.k8s.io'], resources: ['events'], verbs: EVERY_VERB },
    mayBind(role),
    { ...rbac, resources: ['roles', 'rolebindings'] },
  ]);
  await createRole(admin, everywhere, [
    READ_SECRETS,
    { apiGroups: ['daypass.dev'], resources: ['accesspolicies', 'accesspolicies/status'], verbs: EVERY_VERB },
    { ...rbac, resources: ['clusterroles'] },
  ]);
  await bindHere(stage, here, subject, caller);
  await bindInCluster(admin, everywhere, subject, caller);
}

/** Somebody with the shipped role of policy authors, and these rights, in the whole cluster. */
export async function author(stage: Stage, ...rules: readonly Rule[]): Promise<Caller & { name: string }> {
  const [caller, role] = [await person(stage), uniqueName('author')];
  await createRole(stage.admin, role, rules);
  for (const each of ['daypass-policy-author', role]) {
    await bindInCluster(stage.admin, each, { kind: 'User', name: caller.name }, caller);
  }
  return caller;
}

/**
 * The operator as it would be if an administrator's mistake gave it these rights in the whole
 * cluster. They are bound to a group of its own, so that the real operator never has them.
 */
export async function operatorWith({ admin, namespace }: Stage, rules: readonly Rule[]): Promise<Caller> {
  const name = uniqueName(`${namespace}-careless`);
  await createRole(admin, name, rules);
  const careless = admin.impersonating(`system:serviceaccount:${OPERATOR_NAMESPACE}:${OPERATOR_NAME}`, name);
  await bindInCluster(admin, name, { kind: 'Group', name }, careless);
  return careless;
}
