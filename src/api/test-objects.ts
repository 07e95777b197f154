import type { KubernetesObject } from '../runtime/object.ts';
import { type AccessPolicy, readAccessPolicy } from './access-policy.ts';
import { type AccessRequest, readAccessRequest } from './access-request.ts';
import type { Unreadable } from './read.ts';

/** The spec of an Allow that permits what {@link REQUEST_SPEC} asks for. For tests alone, as all of this file. */
export const ALLOW_SPEC = {
  requesters: [{ kind: 'Group', name: 'developers' }],
  namespaces: { names: ['payments'] },
  roles: ['daypass-pod-logs'],
  duration: { default: '30m', max: '4h' },
  approval: { automatic: true },
};

/** What ada asks for in namespace `payments`. */
export const REQUEST_SPEC = {
  roleRef: { kind: 'ClusterRole', name: 'daypass-pod-logs' },
  duration: '45m',
  reason: 'INC-4711 checkout returns 5xx',
  requester: { username: 'ada', groups: ['developers', 'system:authenticated'] },
};

/** A stored AccessPolicy; its uid is `uid-<name>`. */
export function policyObject(name: string, spec: unknown): KubernetesObject {
  const metadata = { name, uid: `uid-${name}`, resourceVersion: '1', generation: 1 };
  return { apiVersion: 'daypass.dev/v1alpha1', kind: 'AccessPolicy', metadata, spec };
}

/** A stored AccessRequest in `payments`; its uid is `uid-<name>`. */
export function requestObject(name: string, spec: unknown, status?: unknown): KubernetesObject {
  const metadata = {
    name,
    namespace: 'payments',
    uid: `uid-${name}`,
    resourceVersion: '1',
    generation: 1,
    creationTimestamp: '2026-12-01T09:00:00Z',
  };
  const object = { apiVersion: 'daypass.dev/v1alpha1', kind: 'AccessRequest', metadata, spec };
  return status === undefined ? object : { ...object, status };
}

/** An Allow as the operator reads it: {@link ALLOW_SPEC}, with `change` on top. */
export function allow(name: string, change: object = {}): AccessPolicy {
  return readable(readAccessPolicy(policyObject(name, { ...ALLOW_SPEC, ...change })));
}

/** A Deny of everything, or of what `scope` says. */
export function deny(name: string, scope: object = {}): AccessPolicy {
  return readable(readAccessPolicy(policyObject(name, { effect: 'Deny', ...scope })));
}

/** A request as the operator reads it: {@link REQUEST_SPEC}, with `change` on top. */
export function request(name: string, change: object = {}, status: object = {}): AccessRequest {
  return readable(readAccessRequest(requestObject(name, { ...REQUEST_SPEC, ...change }, status)));
}

function readable<T extends object>(read: T | Unreadable): T {
  if ('unreadable' in read) throw new TypeError(`a test's own object: ${read.unreadable}`);
  return read;
}
