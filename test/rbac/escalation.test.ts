import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PolicyRule } from '../../src/rbac/rules.ts';
import {
  anyRule,
  ceilingOf,
  combinations,
  NO_RULE,
  resourceRule,
  urlRule,
  wantedUnder,
} from '../../src/rbac/test-rules.ts';
import { uncovered } from '../../src/rbac/uncovered.ts';
import { holders, type Rights } from './holders.ts';
import { notHeld } from './not-held.ts';

/** Another one makes other cases, of which all of this holds as well. */
const SEED = 20_261_124;
const CEILINGS = 60;
const WANTED = 8;
/** Cases that all pass, or are all refused, would show little. */
const OFTEN = 0.25;

/** What a ceiling can be made of: nobody can hold a right to URLs in a namespace alone. */
const HELD = { cluster: fc.oneof(resourceRule, resourceRule, urlRule), namespace: resourceRule };
const WANTABLE = fc.oneof(resourceRule, urlRule, anyRule);

const scenario = fc.constantFrom('cluster', 'namespace').chain((scope) =>
  ceilingOf(HELD[scope])
    .filter((rules) => !rules.some(mayEscalate))
    .chain((rules) =>
      fc.record({
        scope: fc.constant(scope),
        rules: fc.constant(rules),
        wanted: fc.array(wantedUnder(rules, WANTABLE), { minLength: WANTED, maxLength: WANTED }),
      }),
    ),
);

/** Whoever may do this everything has `escalate` on roles, too, and is asked nothing. */
function mayEscalate({ verbs, apiGroups, resources }: PolicyRule): boolean {
  return [verbs, apiGroups, resources].every((list) => list.includes('*'));
}

describe('what the API server says is not held', () => {
  it(`is what the ceiling does not cover, to the last combination (seed ${SEED})`, async () => {
    const people = await holders(fc.sample(scenario, { seed: SEED, numRuns: CEILINGS }));
    const answers = await Promise.all(
      people.flatMap(({ scope, rules: ceiling, wanted, create }) =>
        wanted.map(async (rules) => {
          const ours = combinations(uncovered(ceiling, rules));
          const theirs = combinations(notHeld(await create(rules)));
          return { scope, ceiling, wanted: rules, ours, theirs };
        }),
      ),
    );
    expect(answers.filter(({ ours, theirs }) => ours.join() !== theirs.join())).toEqual([]);
    const refused = answers.filter(({ theirs }) => theirs.length !== 0).length / answers.length;
    expect(Math.min(refused, 1 - refused)).toBeGreaterThan(OFTEN);
  });

  it('is nothing for whoever may escalate roles: an arithmetic that looks at rules alone is stricter', async () => {
    const everything = { ...NO_RULE, apiGroups: ['*'], resources: ['*'], verbs: ['*'] };
    const wanted = [{ ...NO_RULE, nonResourceURLs: ['/logs'], verbs: ['get'] }];
    const rights: Rights = { scope: 'cluster', rules: [everything] };
    const [holder] = await holders([rights]);
    expect(await holder?.create(wanted)).toMatchObject({ code: 201 });
    expect(uncovered(rights.rules, wanted)).toEqual(wanted);
  });
});
