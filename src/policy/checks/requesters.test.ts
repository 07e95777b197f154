import { describe, expect, it } from 'vitest';
import type { RequesterRef } from '../../api/access-policy.ts';
import { DEPLOYER, question } from '../test-question.ts';
import { checkRequesters } from './requesters.ts';

function passes(wanted: RequesterRef, requester = question().requester): boolean {
  return checkRequesters([wanted], question({ requester })).result === 'pass';
}

describe('a person', () => {
  it('is listed by name or by any of their groups', () => {
    expect(passes({ kind: 'User', name: 'ada' })).toBe(true);
    expect(passes({ kind: 'Group', name: 'developers' })).toBe(true);
  });

  it.each(['Ada', 'ada ', 'ad', 'adam', '*', '.*', 'developers'])('is not the user %j', (name) => {
    expect(passes({ kind: 'User', name })).toBe(false);
  });

  it.each(['Developers', 'develop', '*', 'ada'])('is not in the group %j', (name) => {
    expect(passes({ kind: 'Group', name })).toBe(false);
  });

  it('may have no groups at all, and is still not somebody else', () => {
    expect(passes({ kind: 'User', name: 'root' }, { username: 'ada' })).toBe(false);
    expect(passes({ kind: 'Group', name: 'developers' }, { username: 'ada' })).toBe(false);
  });

  it('is no service account, whatever their name', () => {
    expect(passes({ kind: 'ServiceAccount', namespace: 'ci', name: 'deployer' }, { username: 'deployer' })).toBe(false);
  });
});

describe('a service account', () => {
  it('is listed by namespace and name', () => {
    expect(passes({ kind: 'ServiceAccount', namespace: 'ci', name: 'deployer' }, DEPLOYER)).toBe(true);
    expect(passes({ kind: 'ServiceAccount', namespace: 'payments', name: 'deployer' }, DEPLOYER)).toBe(false);
    expect(passes({ kind: 'ServiceAccount', namespace: 'ci', name: 'builder' }, DEPLOYER)).toBe(false);
  });

  it.each(DEPLOYER.groups ?? [])('is never listed by its group %s', (name) => {
    expect(passes({ kind: 'Group', name }, DEPLOYER)).toBe(false);
  });

  it('is never listed as a user', () => {
    expect(passes({ kind: 'User', name: DEPLOYER.username }, DEPLOYER)).toBe(false);
  });
});

it('any entry is enough', () => {
  const wanted = [
    { kind: 'User', name: 'bob' },
    { kind: 'Group', name: 'developers' },
  ] satisfies RequesterRef[];
  expect(checkRequesters(wanted, question())).toEqual({ result: 'pass' });
});

it('tells whom it wanted and whom it got', () => {
  const wanted = [
    { kind: 'User', name: 'bob' },
    { kind: 'ServiceAccount', namespace: 'ci', name: 'deployer' },
  ] satisfies RequesterRef[];
  expect(checkRequesters(wanted, question())).toEqual({
    result: 'fail',
    code: 'RequesterNotListed',
    wanted: ['User bob', 'ServiceAccount ci/deployer'],
    got: 'ada',
  });
});
