import { describe, expect, it } from 'vitest';
import { FENCED_GROUPS, fencedIn } from './fenced.ts';
import { NO_RULE } from './test-rules.ts';

const rule = (verbs: string[], apiGroups: string[]) => ({ ...NO_RULE, verbs, apiGroups, resources: ['things'] });

describe('a rule that no Role of a request may have', () => {
  it.each(FENCED_GROUPS)('reaches into %s, among others', (group) => {
    const found = fencedIn([rule(['get'], ['']), rule(['get'], ['', group])]);
    expect(found).toBe(`nothing in ${group} is granted by permission`);
  });

  it.each(['create', 'delete', 'conquer'])('does more than read in batch: %s', (verb) => {
    const found = fencedIn([rule(['get', verb], ['', 'batch'])]);
    expect(found).toBe(`${verb} in batch is not granted by permission, only get, list, watch`);
  });
});

it.each([
  [['get', 'list', 'watch'], 'batch'],
  [['delete'], ''],
  [['*'], 'batch'],
  [['create'], '*'],
])('a Role of a request may have, at least in part: %j in %j', (verbs, group) => {
  expect(fencedIn([rule(verbs, [group])])).toBeUndefined();
});
