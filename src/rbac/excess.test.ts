import { describe, expect, it } from 'vitest';
import { excessIn } from './excess.ts';

const RBAC = 'rbac.authorization.k8s.io';

function right(verbs: string[], resources: string[], apiGroups = [RBAC], resourceNames: string[] = []) {
  return { verbs, apiGroups, resources, resourceNames };
}

describe('an operator must not hold', () => {
  it.each([
    ['every verb', right(['*'], ['pods'], ['']), 'a wildcard: * on pods in core'],
    ['every resource', right(['get'], ['*']), `a wildcard: get on * in ${RBAC}`],
    ['every subresource', right(['patch'], ['*/status'], ['']), 'a wildcard: patch on */status in core'],
    ['every group', right(['get'], ['pods'], ['*']), 'a wildcard: get on pods in *'],
    ['everything of one name', right(['*'], ['*'], ['*'], ['a']), 'a wildcard: * on * a in *'],
    ['escalate', right(['escalate'], ['roles'], [RBAC], ['a']), `the verb escalate: escalate on roles a in ${RBAC}`],
    [
      'bind on any role',
      right(['get', 'bind'], ['clusterroles']),
      `the verb bind without resourceNames: get,bind on clusterroles in ${RBAC}`,
    ],
  ])('%s', (_what, held, told) => {
    expect(excessIn([right(['get'], ['pods']), held]).map(({ message }) => message)).toEqual([told]);
  });
});

it('may hold bind on roles by name, and anything else by name', () => {
  expect(
    excessIn([
      right(['bind'], ['clusterroles'], [RBAC], ['daypass-view']),
      right(['create', 'delete'], ['rolebindings']),
    ]),
  ).toEqual([]);
});

it('is told of each once, in a short line that any terminal can show', () => {
  const hostile = right(['*'], [`\u001b[2J${'x'.repeat(500)}`]);
  const told = excessIn([hostile, hostile]);
  expect(told).toHaveLength(1);
  expect(told[0]?.message).toMatch(/^a wildcard: \* on \?\[2Jx{247}$/);
});

it('is told how to ask whether others hold the same', () => {
  const [named] = excessIn([right(['escalate', 'get'], ['roles'], [RBAC], ['a', 'b'])]);
  expect(named?.asked).toEqual([
    { verb: 'escalate', group: RBAC, resource: 'roles', name: 'a' },
    { verb: 'escalate', group: RBAC, resource: 'roles', name: 'b' },
    { verb: 'get', group: RBAC, resource: 'roles', name: 'a' },
    { verb: 'get', group: RBAC, resource: 'roles', name: 'b' },
  ]);
  const [unnamed] = excessIn([right(['get'], ['*', '*/log'], ['', 'apps'])]);
  expect(unnamed?.asked).toEqual([
    { verb: 'get', group: '', resource: '*' },
    { verb: 'get', group: '', resource: '*', subresource: 'log' },
    { verb: 'get', group: 'apps', resource: '*' },
    { verb: 'get', group: 'apps', resource: '*', subresource: 'log' },
  ]);
});
