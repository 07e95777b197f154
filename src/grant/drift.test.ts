import { describe, expect, it } from 'vitest';
import { Duration } from '../api/duration.ts';
import { readJob, readRoleBinding } from '../api/kubernetes.ts';
import { ANNOTATION } from '../api/names.ts';
import { request } from '../api/test-objects.ts';
import type { KubernetesObject, ObjectMeta } from '../runtime/object.ts';
import { bindingDrift, fuseDrift } from './drift.ts';
import { bindingFor, fuseFor } from './objects.ts';
import { termsFrom } from './terms.ts';

const terms = termsFrom(new Date('2026-12-01T09:00:00Z'), Duration.parse('45m'));
const asked = request('r', {}, { policy: { name: 'payments-debug', uid: 'p', generation: 1 } });
const plannedFuse = fuseFor(asked, terms);
const plannedBinding = bindingFor(asked, terms, stored(plannedFuse).metadata);
const OWNER = { apiVersion: 'v1', kind: 'ConfigMap', name: 'x', uid: 'x' };

/** An object as it comes back from the API server. */
function stored(
  planned: KubernetesObject,
): KubernetesObject & { metadata: { name: string; uid: string; resourceVersion: string } } {
  return { ...planned, metadata: { ...planned.metadata, name: 'daypass-uid-r', uid: 'u', resourceVersion: '7' } };
}

const KINDS = [
  ['binding', plannedBinding, (found: KubernetesObject) => bindingDrift(readRoleBinding(found), plannedBinding)],
  ['fuse', plannedFuse, (found: KubernetesObject) => fuseDrift(readJob(found), plannedFuse)],
] as const;

describe.each(KINDS)('a %s', (_, planned, drift) => {
  const withMeta = (change: ObjectMeta) => ({
    ...stored(planned),
    metadata: { ...stored(planned).metadata, ...change },
  });

  it('that is as planned has none', () => {
    expect(drift(stored(planned))).toBeUndefined();
  });

  it('may bear labels, annotations and finalizers of others', () => {
    const labels = { ...planned.metadata.labels, team: 'payments' };
    const annotations = { ...planned.metadata.annotations, 'kubectl.kubernetes.io/restartedAt': 'x' };
    expect(drift(withMeta({ labels, annotations, finalizers: ['example.org/x'] }))).toBeUndefined();
  });

  it.each(moving)('may say anything in %s: a grant can go on under another policy that permits it', (key) => {
    const annotations = { ...planned.metadata.annotations, [key]: 'other' };
    expect(drift(withMeta({ annotations }))).toBeUndefined();
  });

  it.each(Object.values(ANNOTATION).filter((key) => !moving.includes(key)))(
    'is noticed to say anything else in %s',
    (key) => {
      const { annotations = {} } = planned.metadata;
      const { [key]: __, ...without } = annotations;
      expect(drift(withMeta({ annotations: { ...annotations, [key]: 'other' } }))).toBe(`metadata.annotations.${key}`);
      expect(drift(withMeta({ annotations: without }))).toBe(
        key in annotations ? `metadata.annotations.${key}` : undefined,
      );
    },
  );

  it.each<[string, ObjectMeta]>([
    ['metadata.labels.app.kubernetes.io/managed-by', { labels: {} }],
    ['metadata.labels.app.kubernetes.io/managed-by', { labels: { 'app.kubernetes.io/managed-by': 'Helm' } }],
    ['metadata.ownerReferences', { ownerReferences: [] }],
    ['metadata.ownerReferences', { ownerReferences: [OWNER] }],
    ['metadata.ownerReferences', { ownerReferences: [...(planned.metadata.ownerReferences ?? []), OWNER] }],
    [
      'metadata.ownerReferences',
      { ownerReferences: (planned.metadata.ownerReferences ?? []).map((each) => ({ ...each, uid: 'x' })) },
    ],
    [
      'metadata.ownerReferences',
      { ownerReferences: (planned.metadata.ownerReferences ?? []).map((each) => ({ ...each, kind: 'x' })) },
    ],
  ])('is noticed to be another by %s: %j', (field, change) => {
    expect(drift(withMeta(change))).toBe(field);
  });
});

describe('a binding', () => {
  const ada = { kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'ada' };
  const role = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'daypass-pod-logs' };
  it.each<[string, string, object]>([
    ['nobody', 'subjects', { subjects: [] }],
    ['nobody any more', 'subjects', { subjects: undefined }],
    ['somebody else', 'subjects', { subjects: [{ ...ada, name: 'mallory' }] }],
    ['somebody more', 'subjects', { subjects: [ada, { ...ada, name: 'mallory' }] }],
    ['ada twice', 'subjects', { subjects: [ada, ada] }],
    ['a group', 'subjects', { subjects: [{ ...ada, kind: 'Group' }] }],
    ['a service account', 'subjects', { subjects: [{ kind: 'ServiceAccount', namespace: 'ci', name: 'ada' }] }],
    ['ada of a namespace', 'subjects', { subjects: [{ ...ada, namespace: 'ci' }] }],
    ['something else', 'subjects', { subjects: ['ada'] }],
    ['another role', 'roleRef', { roleRef: { ...role, name: 'cluster-admin' } }],
    ['a role of the namespace', 'roleRef', { roleRef: { ...role, kind: 'Role' } }],
    ['no role', 'roleRef', { roleRef: undefined }],
  ])('is noticed to give access to %s', (_, field, change) => {
    expect(bindingDrift(readRoleBinding({ ...stored(plannedBinding), ...change }), plannedBinding)).toBe(field);
  });
});

describe('a fuse', () => {
  const spec = { completions: 0, parallelism: 0, ttlSecondsAfterFinished: 45 * 60 + 30 };
  it.each<[string, string, unknown]>([
    ['runs a pod', 'spec.completions', { ...spec, completions: 1 }],
    ['runs pods side by side', 'spec.parallelism', { ...spec, parallelism: 1 }],
    [
      'burns too long',
      'spec.ttlSecondsAfterFinished',
      { ...spec, ttlSecondsAfterFinished: spec.ttlSecondsAfterFinished + 1 },
    ],
    ['burns for ever', 'spec.ttlSecondsAfterFinished', { ...spec, ttlSecondsAfterFinished: undefined }],
    ['never begins', 'spec.suspend', { ...spec, suspend: true }],
    ['is left to a controller that may not exist', 'spec.managedBy', { ...spec, managedBy: 'example.org/none' }],
    ['makes no sense', 'spec.completions', 'burn'],
  ])('is noticed when it %s', (_, field, found) => {
    expect(fuseDrift(readJob({ ...stored(plannedFuse), spec: found }), plannedFuse)).toBe(field);
  });

  it('may be complete, and hold what the API server fills in', () => {
    const found = {
      ...stored(plannedFuse),
      spec: { ...spec, suspend: false, backoffLimit: 6, completionMode: 'NonIndexed' },
    };
    expect(fuseDrift(readJob(found), plannedFuse)).toBeUndefined();
  });
});
const moving: readonly string[] = [ANNOTATION.policy, ANNOTATION.approvedBy];
