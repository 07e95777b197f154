import { describe, expect, it } from 'vitest';
import { request } from '../api/test-objects.ts';
import type { Namespace } from '../api/kubernetes.ts';
import { type Objection, findObjection as findObjectionIn } from './admissible.ts';

function namespace(name: string, labels: Record<string, string> = {}): Namespace {
  return { metadata: { name, uid: name, resourceVersion: '1' }, labels, terminating: false };
}

function findObjection(asked: ReturnType<typeof request>, where = namespace('payments')): Objection | undefined {
  return findObjectionIn(asked, where);
}

function marked(where: 'labels' | 'annotations', mark: string, status: object = {}) {
  const { metadata, ...rest } = request('r', {}, status);
  return { ...rest, metadata: { ...metadata, [where]: { [mark]: 'x' } } };
}

it('has no objection to a person, nor to a service account', () => {
  expect(findObjection(request('r'))).toBeUndefined();
  expect(findObjection(request('r', { requester: { username: 'system:serviceaccount:ci:deployer' } }))).toBeUndefined();
});

it.each(['system:anonymous', 'system:node:worker-1', 'system:kube-controller-manager', 'system:serviceaccount:ci'])(
  'objects to the account %s of the system',
  (username) => {
    expect(findObjection(request('r', { requester: { username } }))?.reason).toBe('SystemAccount');
  },
);

describe.each(['labels', 'annotations'] as const)('among its %s', (where) => {
  it.each([
    'argocd.argoproj.io/tracking-id',
    'argocd.argoproj.io/instance',
    'kustomize.toolkit.fluxcd.io/name',
    'helm.toolkit.fluxcd.io/name',
  ])('%s shows that GitOps would re-create what was revoked', (mark) => {
    expect(findObjection(marked(where, mark))).toMatchObject({
      reason: 'ManagedByGitOps',
      message: expect.stringContaining(mark) as unknown,
    });
  });

  it.each(['Pending', 'Approved'])('does no harm to a request that is %s: anyone may have put it there', (phase) => {
    expect(findObjection(marked(where, 'argocd.argoproj.io/tracking-id', { phase }))).toBeUndefined();
  });

  it("others are nobody's business", () => {
    expect(findObjection(marked(where, 'app.kubernetes.io/name'))).toBeUndefined();
  });
});

describe('a namespace', () => {
  it.each([
    namespace('kube-system'),
    namespace('kube-public'),
    namespace('daypass-system'),
    namespace('vault', { 'daypass.dev/protected': '' }),
  ])('$metadata.name is closed to every grant', (where) => {
    expect(findObjection(request('r'), where)?.reason).toBe('ClosedNamespace');
  });

  it('is open otherwise, whatever its name resembles', () => {
    for (const name of ['kubernetes', 'kube', 'daypass'])
      expect(findObjection(request('r'), namespace(name))).toBeUndefined();
  });
});

it('objects to permissions that no Role of a request may have', () => {
  const permissions = [{ apiGroups: ['daypass.dev'], resources: ['accessrequests'], verbs: ['get'] }];
  expect(findObjection(request('r', { roleRef: undefined, permissions }))).toEqual({
    reason: 'NeverByPermission',
    message: 'nothing in daypass.dev is granted by permission',
  });
});

function startingAt(startTime: string) {
  return findObjection(request('r', { startTime }))?.reason;
}

describe('a start', () => {
  it('may be 7 days after the request was made, and not a second more', () => {
    expect(startingAt('2026-12-08T09:00:00Z')).toBeUndefined();
    expect(startingAt('2026-12-08T09:00:01Z')).toBe('StartTooFar');
  });

  it('is compared as a moment, not as text', () => {
    expect(startingAt('2026-12-08T10:00:00+01:00')).toBeUndefined();
    expect(startingAt('2026-12-08T08:00:01-01:00')).toBe('StartTooFar');
  });

  it('may be past', () => {
    expect(startingAt('2020-01-01T00:00:00Z')).toBeUndefined();
  });
});
