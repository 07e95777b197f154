import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { createGuardReflectors, createReflectors } from '../../src/controllers/reflectors.ts';
import { createStores } from '../../src/controllers/stores.ts';
import { PERSON_CLAIMS } from '../../src/policy/person.ts';
import { MemoryClient } from '../../src/runtime/memory-client.ts';
import { Health } from '../../src/runtime/health.ts';
import { TestClock } from '../../src/runtime/test-clock.ts';
import { testLog } from '../../src/runtime/test-log.ts';
import { codesIn, readText, rowsOf } from './page.ts';

const PAGE = 'docs/architecture.md';
const OPERATOR = 'daypass-operator';

const Rule = z.object({ resources: z.array(z.string()), verbs: z.array(z.string()) });
const Role = z.object({
  kind: z.literal('ClusterRole'),
  metadata: z.object({ name: z.string() }),
  rules: z.array(Rule),
});

/** The ClusterRoles in a file, by name. */
function rolesIn(path: string): Map<string, z.infer<typeof Rule>[]> {
  const roles = parseAllDocuments(readText(path)).flatMap((document) => {
    const { success, data } = Role.safeParse(document.toJS());
    return success ? [data] : [];
  });
  return new Map(roles.map(({ metadata, rules }) => [metadata.name, rules]));
}

describe('docs/architecture.md', () => {
  it('lists what the operator may do, rule by rule', () => {
    const listed = rowsOf(PAGE, 'What the operator may do').map(([resources, verbs]) => {
      return { resources: codesIn(resources), verbs: codesIn(verbs) };
    });
    expect(listed).toEqual(rolesIn('deploy/rbac/operator.yaml').get(OPERATOR));
  });

  it('lists all that the operator watches', () => {
    const [{ log }, clock, random] = [testLog(), new TestClock(), () => 0];
    const client = new MemoryClient({ clock, resources: [], random });
    const [stores, options] = [createStores(log, 'username'), { client, clock, random, log, health: new Health() }];
    const watched = [...createReflectors(stores, options), ...createGuardReflectors(stores, options)];
    const listed = rowsOf(PAGE, 'What is watched').flatMap(([resource]) => codesIn(resource));
    expect(listed).toEqual(watched.map(({ resource }) => resource.plural));
  });

  it('lists all admission policies that refuse', () => {
    const Kustomization = z.object({ resources: z.array(z.string()) });
    const { resources } = Kustomization.parse(parse(readText('deploy/admission/kustomization.yaml')));
    const listed = rowsOf(PAGE, 'What admission sees to').flatMap(([policy]) => codesIn(policy).slice(0, 1));
    expect(listed).toEqual(resources.map((file) => `daypass-${file.replace(/\.yaml$/, '')}`));
  });
});

describe('docs/install.md', () => {
  it('lists all ClusterRoles for people', () => {
    const listed = rowsOf('docs/install.md', 'Let people use it').flatMap(([role]) => codesIn(role));
    expect(listed).toEqual([...rolesIn('deploy/rbac/people.yaml').keys()]);
  });

  it('names every identity claim that there is', () => {
    const rows = rowsOf('docs/install.md', 'daypass operator');
    const [, , meaning] = rows.find(([flag = '']) => flag.includes('--identity-claim')) ?? [];
    expect(new Set(codesIn(meaning))).toEqual(new Set(PERSON_CLAIMS));
  });
});
