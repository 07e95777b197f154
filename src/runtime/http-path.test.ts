import { expect, it } from 'vitest';
import { clusterRoles, configMaps, widgets } from './conformance-subject.ts';
import { pathOf, queryOf } from './http-path.ts';

it.each([
  [configMaps, {}, '/api/v1/configmaps'],
  [configMaps, { namespace: 'ns' }, '/api/v1/namespaces/ns/configmaps'],
  [widgets, { namespace: 'ns', name: 'a' }, '/apis/conformance.test/v1/namespaces/ns/widgets/a'],
  [clusterRoles, { name: 'Team:Admin' }, '/apis/rbac.authorization.k8s.io/v1/clusterroles/Team%3AAdmin'],
  [clusterRoles, { name: 'a?b#c%2Fd é' }, '/apis/rbac.authorization.k8s.io/v1/clusterroles/a%3Fb%23c%252Fd%20%C3%A9'],
])('spells the place of %j %j', (resource, name, path) => {
  expect(pathOf(resource, name)).toBe(path);
});

it('adds the subresource last', () => {
  expect(pathOf(widgets, { namespace: 'ns', name: 'a' }, 'status')).toMatch(/\/widgets\/a\/status$/);
});

it.each(['', '.', '..', 'a/b', '../secrets/x'])('refuses %j, which names another place', (text) => {
  expect(() => pathOf(clusterRoles, { name: text })).toThrow(expect.objectContaining({ reason: 'Invalid' }));
  expect(() => pathOf(configMaps, { namespace: text, name: 'a' })).toThrow(
    expect.objectContaining({ reason: 'Invalid' }),
  );
});

it('refuses the name of a namespaced object without its namespace', () => {
  expect(() => pathOf(configMaps, { name: 'a' })).toThrow('a namespace is needed');
});

it('encodes queries and leaves out what is not set', () => {
  expect(queryOf({ labelSelector: 'a in (b,c)', limit: 500, continue: undefined })).toBe(
    '?labelSelector=a+in+%28b%2Cc%29&limit=500',
  );
  expect(queryOf({ continue: undefined })).toBe('');
});
