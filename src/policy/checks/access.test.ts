import { describe, expect, it } from 'vitest';
import { ruleOf } from '../../rbac/rules.ts';
import { question } from '../test-question.ts';
import { checkAccess, checkAccessDenied } from './access.ts';
import { checkRisk } from './risk.ts';

const LOGS = { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] };
const PODS = { apiGroups: [''], resources: ['pods', 'pods/log'], verbs: ['get', 'list'] };
const { role: _, ...BY_PERMISSION } = question();
type Asked = typeof LOGS & { resourceNames?: string[] };
const asked = (...permissions: Asked[]) => ({ ...BY_PERMISSION, rules: permissions.map(ruleOf) });

describe('a role', () => {
  it('is among those listed, by its very name', () => {
    expect(checkAccess({ roles: ['view', 'daypass-pod-logs'] }, question())).toEqual({ result: 'pass' });
  });

  it.each(['Daypass-Pod-Logs', 'daypass-pod', 'daypass-pod-logs-2', '*', ''])('is not %j', (role) => {
    expect(checkAccess({ roles: [role] }, question())).toEqual({
      result: 'fail',
      code: 'RoleNotListed',
      wanted: [role],
      got: 'daypass-pod-logs',
    });
  });

  it('is not let in by permissions that hold as much', () => {
    const everything = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }];
    expect(checkAccess({ permissions: everything }, question({ rules: [ruleOf(LOGS)] }))).toMatchObject({
      result: 'fail',
      code: 'RoleNotListed',
    });
  });
});

describe('permissions', () => {
  it('may be narrower than those listed', () => {
    expect(checkAccess({ permissions: [PODS] }, asked(LOGS))).toEqual({ result: 'pass' });
    expect(checkAccess({ permissions: [PODS] }, asked({ ...LOGS, resources: ['pods'] }))).toEqual({ result: 'pass' });
  });

  it('may not go beyond them, and what does is told', () => {
    expect(checkAccess({ permissions: [LOGS] }, asked(PODS))).toMatchObject({
      result: 'fail',
      code: 'PermissionsNotListed',
      wanted: ['get pods/log'],
    });
  });

  it('are not let in by roles, nor where nothing is asked for', () => {
    expect(checkAccess({ roles: ['daypass-pod-logs'] }, asked(LOGS))).toMatchObject({ result: 'fail' });
    expect(checkAccess({ permissions: [PODS] }, asked())).toMatchObject({ result: 'fail' });
  });
});

describe('a Deny', () => {
  it('of a role matches that role alone', () => {
    expect(checkAccessDenied({ roles: ['daypass-pod-logs'] }, question())).toEqual({ result: 'pass' });
    expect(checkAccessDenied({ roles: ['view'] }, question())).toMatchObject({ result: 'fail' });
    expect(checkAccessDenied({ roles: ['daypass-pod-logs'] }, asked(LOGS))).toMatchObject({ result: 'fail' });
  });

  it('of permissions matches whatever would give any of them, by permission or by role', () => {
    const any = { apiGroups: ['*'], resources: ['pods/log'], verbs: ['*'] };
    expect(checkAccessDenied({ permissions: [any] }, asked(PODS))).toEqual({ result: 'pass' });
    expect(checkAccessDenied({ permissions: [any] }, question({ rules: [ruleOf(PODS)] }))).toEqual({ result: 'pass' });
    expect(checkAccessDenied({ permissions: [any] }, asked({ ...LOGS, resources: ['pods'] }))).toMatchObject({
      result: 'fail',
    });
  });

  it('of permissions on some names matches what would give those', () => {
    const one = { ...LOGS, resourceNames: ['a'] };
    expect(checkAccessDenied({ permissions: [one] }, asked(LOGS))).toEqual({ result: 'pass' });
    expect(checkAccessDenied({ permissions: [one] }, asked({ ...LOGS, resourceNames: ['b'] }))).toMatchObject({
      result: 'fail',
    });
  });
});

describe('what is risky', () => {
  const secrets = { apiGroups: [''], resources: ['secrets'], verbs: ['get'] };
  it.each([
    ['by permission', asked(secrets)],
    ['by role', question({ rules: [ruleOf(secrets)] })],
  ])('is refused %s, unless the policy says otherwise', (_what, wanted) => {
    expect(checkRisk(undefined, wanted)).toEqual({ result: 'fail', code: 'Risky', wanted: [], got: 'Secrets' });
    expect(checkRisk(true, wanted)).toEqual({ result: 'pass' });
  });

  it('may be so by name alone', () => {
    expect(checkRisk(undefined, question({ role: 'edit', rules: [ruleOf(LOGS)] }))).toMatchObject({
      got: 'BuiltInRole',
    });
  });
});
