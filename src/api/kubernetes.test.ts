import { describe, expect, it } from 'vitest';
import { readJob, readNamespace, readRoleBinding } from './kubernetes.ts';

const metadata = { name: 'daypass-1', namespace: 'payments', uid: 'u', resourceVersion: '1' };
const subject = { kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'ada' };
const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' };

describe('a RoleBinding', () => {
  it('says who may do what', () => {
    expect(readRoleBinding({ metadata, subjects: [subject], roleRef })).toEqual({
      metadata,
      subjects: [subject],
      roleRef: { kind: 'ClusterRole', name: 'view' },
    });
  });

  it.each([[undefined], [null], ['ada'], [{}], [[null]], [['ada']]])('with subjects of %j has none', (subjects) => {
    expect(readRoleBinding({ metadata, subjects, roleRef }).subjects).toEqual([]);
  });

  it('does not look like one subject when it has one and something else', () => {
    expect(readRoleBinding({ metadata, subjects: [subject, 'everyone'], roleRef }).subjects).not.toHaveLength(1);
  });

  it.each([[{}], [{ kind: 7, name: null }]])('with a subject of %j has one that nothing equals', (each) => {
    expect(readRoleBinding({ metadata, subjects: [each], roleRef }).subjects).toMatchObject([{ kind: '', name: '' }]);
  });

  it.each([[undefined], [null], ['view'], [{}], [{ kind: 1, name: 2 }]])(
    'with a roleRef of %j gives no role',
    (ref) => {
      expect(readRoleBinding({ metadata, subjects: [subject], roleRef: ref }).roleRef).toEqual({ kind: '', name: '' });
    },
  );
});

describe('a Job', () => {
  const spec = { completions: 0, parallelism: 0, ttlSecondsAfterFinished: 60 };
  const job = (conditions: unknown) => readJob({ metadata, spec, status: { conditions } });

  it('is cut down to what makes it a fuse', () => {
    expect(readJob({ metadata, spec: { ...spec, template: {} } }).spec).toEqual(spec);
  });

  it.each([[undefined], [null], ['x'], [{ completions: '0' }], [{ ...spec, ttlSecondsAfterFinished: 1.5 }]])(
    'with a spec of %j is none',
    (each) => {
      expect(readJob({ metadata, spec: each }).spec).toEqual({});
    },
  );

  it('is complete when Kubernetes says so', () => {
    expect(
      job([
        { type: 'SuccessCriteriaMet', status: 'True' },
        { type: 'Complete', status: 'True' },
      ]).complete,
    ).toBe(true);
  });

  it.each([
    [undefined],
    [null],
    ['Complete'],
    [[]],
    [[{ type: 'Complete', status: 'False' }]],
    [[{ type: 'Complete' }]],
    [[{ type: 'Complete', status: true }]],
    [[{ type: 'Failed', status: 'True' }]],
  ])('with conditions of %j is not complete', (conditions) => {
    expect(job(conditions).complete).toBe(false);
  });
});

describe('a Namespace', () => {
  it('has its labels', () => {
    const read = readNamespace({ metadata: { ...metadata, labels: { team: 'payments' } } });
    expect(read).toMatchObject({ labels: { team: 'payments' }, terminating: false });
  });

  it('has none when it says nothing of them', () => {
    expect(readNamespace({ metadata }).labels).toEqual({});
  });

  it('is going away from the moment it was deleted', () => {
    expect(readNamespace({ metadata: { ...metadata, deletionTimestamp: '2026-12-01T09:00:00Z' } }).terminating).toBe(
      true,
    );
  });
});

it.each([readRoleBinding, readJob, readNamespace])('%o reads only what is stored', (read) => {
  expect(() => read({ metadata: { name: 'a' } })).toThrow(TypeError);
});
