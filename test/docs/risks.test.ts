import { describe, expect, it } from 'vitest';
import { RISKS, type RiskyRight } from '../../src/rbac/risky-rights.ts';
import { codesIn, rowsOf } from './page.ts';

interface Kind {
  readonly code: string;
  readonly why: string;
  readonly rights: readonly RiskyRight[];
}
const kinds: readonly Kind[] = RISKS;
const rows = rowsOf('docs/access-policy.md', 'Risky access');

describe('docs/access-policy.md', () => {
  it('lists every kind of risk, and no other', () => {
    expect(rows.map(([code]) => codesIn(code)[0])).toEqual(kinds.map(({ code }) => code));
  });

  it.each(kinds)('gives $code the reason of the code', ({ code, why }) => {
    expect(rowOf(code)[1]).toBe(why);
  });

  it.each(kinds.filter(({ rights }) => rights.length > 0))('lists the rights of $code', ({ code, rights }) => {
    const byVerbs = [...Map.groupBy(rights, describeVerbs)];
    const listed = byVerbs.map(([verbs, each]) => `${verbs} on ${each.flatMap(describeThings).join(', ')}`);
    expect(rowOf(code)[2]).toBe(listed.join('; '));
  });
});

function rowOf(wanted: string): string[] {
  return rows.find(([code]) => codesIn(code)[0] === wanted) ?? [];
}

function describeVerbs({ verbs }: RiskyRight): string {
  if (verbs === 'any') return 'all verbs';
  return verbs === 'writes' ? verbs : verbs.map((verb) => `\`${verb}\``).join(', ');
}

/** As kubectl writes them: `deployments.apps`, `resourceclaims.resource.k8s.io/status`. */
function describeThings({ apiGroups, resources }: RiskyRight): string[] {
  return apiGroups.flatMap((group) => resources.map((resource) => describeThing(group, resource)));
}

function describeThing(group: string, resource: string): string {
  if (resource === '*') return group === '*' ? 'anything' : `all of \`${group}\``;
  const [name = '', ...subresource] = resource.split('/');
  return `\`${[group === '' ? name : `${name}.${group}`, ...subresource].join('/')}\``;
}
