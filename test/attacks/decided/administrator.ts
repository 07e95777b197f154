import { ADMISSION_RESOURCES, JOBS, ROLE_BINDINGS, ROLES } from '../../../src/api/kubernetes.ts';
import { ANNOTATION, MANAGED_BY, MANAGED_BY_LABEL } from '../../../src/api/names.ts';
import type { HttpClient } from '../../../src/runtime/http-client.ts';
import type { Resource } from '../../../src/runtime/object.ts';
import { removeByName } from '../../operator/grant.ts';
import type { Promised } from '../attack.ts';

/** Something that no admission policy is there to refuse, to what makes up a live grant. */
export interface Meddling {
  readonly title: string;
  readonly promise: Promised;
  /** How the grant ends, as the last entry of its history. */
  readonly stoppedBy: string;
  readonly act: (admin: HttpClient, name: { readonly namespace: string; readonly name: string }) => Promise<unknown>;
}

function user(name: string): object {
  return { kind: 'User', apiGroup: ROLE_BINDINGS.group, name };
}

function meddling(promise: Promised, title: string, resource: Resource, patch: Record<string, unknown>): Meddling {
  const stoppedBy = resource === JOBS ? 'Revoked FuseChanged' : 'Revoked BindingChanged';
  return { promise, title, stoppedBy, act: (admin, name) => admin.patch(resource, name, patch) };
}

/** Of a cluster administrator who has lifted the policies that keep hands off what Daypass makes. */
export const ADMINISTRATOR: readonly Meddling[] = [
  meddling('P3', 'adds a subject to the binding', ROLE_BINDINGS, { subjects: [user('dana'), user('mallory')] }),
  meddling('P3', 'gives the binding to somebody else', ROLE_BINDINGS, { subjects: [user('mallory')] }),
  meddling('P3', 'gives the binding to a group', ROLE_BINDINGS, {
    subjects: [{ kind: 'Group', apiGroup: ROLE_BINDINGS.group, name: 'system:authenticated' }],
  }),
  meddling('P2', 'writes a later end on the binding', ROLE_BINDINGS, {
    metadata: { annotations: { [ANNOTATION.expiresAt]: '2099-01-01T00:00:00Z' } },
  }),
  meddling('P2', 'takes the end off the binding', ROLE_BINDINGS, {
    metadata: { annotations: { [ANNOTATION.expiresAt]: null } },
  }),
  meddling('P5', 'writes another requester on the binding', ROLE_BINDINGS, {
    metadata: { annotations: { [ANNOTATION.requester]: 'mallory' } },
  }),
  meddling('P2', 'takes the fuse off the binding', ROLE_BINDINGS, { metadata: { ownerReferences: null } }),
  meddling('P2', 'lets the fuse burn later', JOBS, { spec: { ttlSecondsAfterFinished: 31_536_000 } }),
  meddling('P2', 'lets the fuse never burn', JOBS, { spec: { ttlSecondsAfterFinished: null } }),
  meddling('P2', 'takes the request off the fuse', JOBS, { metadata: { ownerReferences: null } }),
  {
    title: 'takes the label off the binding, so that nobody sees it any more',
    promise: 'P2',
    stoppedBy: 'Revoked BindingDeleted',
    act: (admin, name) => admin.patch(ROLE_BINDINGS, name, { metadata: { labels: { [MANAGED_BY_LABEL]: null } } }),
  },
  {
    title: 'takes the label off the fuse',
    promise: 'P2',
    stoppedBy: 'Revoked FuseChanged',
    act: (admin, name) => admin.patch(JOBS, name, { metadata: { labels: { [MANAGED_BY_LABEL]: null } } }),
  },
];

/** Lets anybody change what Daypass made, and resolves once the API server goes by that. */
export async function lift(admin: HttpClient): Promise<void> {
  await removeByName(admin, ADMISSION_RESOURCES.ValidatingAdmissionPolicyBinding, 'daypass-managed-objects');
  const metadata = { name: 'lifted', namespace: 'default', labels: { [MANAGED_BY_LABEL]: MANAGED_BY } };
  const late = AbortSignal.timeout(10_000);
  for (;;) {
    try {
      await admin.create(ROLES, { metadata, rules: [] }, { dryRun: true });
      return;
    } catch (error) {
      if (late.aborted) throw error;
    }
  }
}
