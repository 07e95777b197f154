import { describe, expect, it } from 'vitest';
import { Duration } from '../api/duration.ts';
import { request } from '../api/test-objects.ts';
import { bindingFor, fuseFor } from './objects.ts';
import { termsFrom } from './terms.ts';

const terms = termsFrom(new Date('2026-12-01T09:00:00.700Z'), Duration.parse('45m'));
const status = { phase: 'Approved', policy: { name: 'payments-debug', uid: 'p', generation: 1 } };
const fuse = { name: 'daypass-uid-r', uid: 'f', resourceVersion: '1' };
const meta = {
  name: 'daypass-uid-r',
  namespace: 'payments',
  labels: { 'app.kubernetes.io/managed-by': 'daypass' },
  annotations: {
    'daypass.dev/granted-at': '2026-12-01T09:00:00Z',
    'daypass.dev/expires-at': '2026-12-01T09:45:00Z',
    'daypass.dev/ttl': '45m',
    'daypass.dev/request': 'r',
    'daypass.dev/policy': 'payments-debug',
    'daypass.dev/requester': 'ada',
    'daypass.dev/reason': 'INC-4711 checkout returns 5xx',
  },
};

describe('the binding', () => {
  it('is one subject, one role, this namespace, and owned by the fuse alone', () => {
    expect(bindingFor(request('r', {}, status), terms, fuse)).toEqual({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: {
        ...meta,
        ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'daypass-uid-r', uid: 'f' }],
      },
      subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'ada' }],
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'daypass-pod-logs' },
    });
  });

  it('of a service account binds the account, not a user or a group of that name', () => {
    const requester = { username: 'system:serviceaccount:ci:deployer', groups: ['system:serviceaccounts'] };
    expect(bindingFor(request('r', { requester }, status), terms, fuse)['subjects']).toEqual([
      { kind: 'ServiceAccount', namespace: 'ci', name: 'deployer' },
    ]);
  });

  it.each(['system:anonymous', 'system:masters', 'system:kube-scheduler'])('is never made for %s', (username) => {
    expect(() => bindingFor(request('r', { requester: { username } }, status), terms, fuse)).toThrow(TypeError);
  });

  it('bears no reason where none was given', () => {
    const { annotations } = bindingFor(request('r', { reason: undefined }, status), terms, fuse).metadata;
    expect(annotations).not.toHaveProperty(['daypass.dev/reason']);
  });
});

describe('the fuse', () => {
  it('is a Job without pods that Kubernetes deletes 30 s after the end, owned by the request alone', () => {
    const owner = { apiVersion: 'daypass.dev/v1alpha1', kind: 'AccessRequest', name: 'r', uid: 'uid-r' };
    expect(fuseFor(request('r', {}, status), terms)).toEqual({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { ...meta, ownerReferences: [owner] },
      spec: {
        completions: 0,
        parallelism: 0,
        ttlSecondsAfterFinished: 45 * 60 + 30,
        manualSelector: true,
        selector: { matchLabels: { 'daypass.dev/fuse': 'daypass-uid-r' } },
        template: {
          metadata: { labels: { 'daypass.dev/fuse': 'daypass-uid-r' } },
          spec: { restartPolicy: 'Never', containers: [{ name: 'never', image: 'daypass.invalid/never' }] },
        },
      },
    });
  });
});
