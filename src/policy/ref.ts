import type { RequesterRef } from '../api/access-policy.ts';
import { type Identity, subjectOf } from '../api/identity.ts';

/**
 * Whether a policy's entry means this account. A service account counts only where it is named
 * itself: every one of them is in groups like `system:authenticated`, which were never meant to
 * hand out access, or a say in it, to pipelines. Other accounts of the system never count.
 */
export function means(ref: RequesterRef, { username, groups = [] }: Identity): boolean {
  const subject = subjectOf(username);
  switch (ref.kind) {
    case 'User':
      return subject?.kind === 'User' && ref.name === username;
    case 'Group':
      return subject?.kind === 'User' && groups.includes(ref.name);
    case 'ServiceAccount':
      return subject?.kind === 'ServiceAccount' && ref.name === subject.name && ref.namespace === subject.namespace;
  }
}

/** The entry as a person would write it: `Group developers`, `ServiceAccount ci/deployer`. */
export function describeRef({ kind, namespace, name }: RequesterRef): string {
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}
