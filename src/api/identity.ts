import { z } from 'zod';
import { NamespaceName, SubdomainName, Text } from './text.ts';

/**
 * Who the API server authenticated, as it says in `userInfo` of an admission request. Stamped at
 * the server; the bounds are its own limits on what an object may hold, not rules about names.
 * https://kubernetes.io/docs/reference/access-authn-authz/authentication/
 */
export const Identity = z.strictObject({
  username: Text(1024).min(1),
  uid: Text(1024).optional(),
  groups: z.array(Text(512)).max(1000).optional().meta({ 'x-kubernetes-list-type': 'atomic' }),
  extra: z
    .record(z.string(), z.array(Text(1024)).max(32))
    .optional()
    .meta({ maxProperties: 32, description: 'Chosen details of how the person authenticated.' }),
});
export type Identity = z.infer<typeof Identity>;

/** A service account, as a person writes it. */
export const ServiceAccountRef = z.strictObject({
  kind: z.enum(['ServiceAccount']),
  namespace: NamespaceName,
  name: SubdomainName,
});
export type ServiceAccountRef = Readonly<z.infer<typeof ServiceAccountRef>>;

/** Whom a role is bound to. */
export type Subject = { readonly kind: 'User'; readonly name: string } | ServiceAccountRef;

const SERVICE_ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/;

/**
 * The RBAC subject that stands for `username`, or undefined for the accounts of the system itself,
 * which nobody may ask for: every `system:` name that is not a service account's.
 * https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-subjects
 */
export function subjectOf(username: string): Subject | undefined {
  const [, namespace, name] = SERVICE_ACCOUNT.exec(username) ?? [];
  if (namespace !== undefined && name !== undefined) return { kind: 'ServiceAccount', namespace, name };
  return username.startsWith('system:') ? undefined : { kind: 'User', name: username };
}

/** Whether two subjects are one. */
export function isSameSubject(a: Subject, b: Subject): boolean {
  if (a.name !== b.name) return false;
  return a.kind === 'ServiceAccount' ? b.kind === a.kind && a.namespace === b.namespace : b.kind === 'User';
}

/** A subject as people write it: `ada`, `ServiceAccount ci/deployer`. */
export function describeSubject(subject: Subject): string {
  return subject.kind === 'User' ? subject.name : `ServiceAccount ${subject.namespace}/${subject.name}`;
}
