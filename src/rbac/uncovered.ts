import { covers } from './covers.ts';
import type { PolicyRule } from './rules.ts';

const NOTHING: PolicyRule = { verbs: [], apiGroups: [], resources: [], resourceNames: [], nonResourceURLs: [] };

/**
 * The part of `wanted` that goes beyond `ceiling`: empty if `wanted` is a subset. Judged as the API
 * server judges whoever creates a Role: each single combination of what a wanted rule lists must be
 * covered by one rule of the ceiling, alone. The answer permits exactly the combinations that the
 * API server would call "not currently held", put together to a few rules that do not overlap.
 *
 * Where its answer is another: it asks nothing of whoever may `escalate` roles, so all of it would
 * pass under a ceiling of wildcards. It also asks before it validates, so a rule that it would not
 * store (one with both resources and nonResourceURLs, or without verbs) is judged like any other; a
 * list that is empty permits nothing, and nothing is covered by anything.
 *
 * The work follows what the ceiling tells apart, not the product of the wanted lists: values that
 * the same rules of the ceiling cover are taken together. In each list that is at most one set of
 * values more than the ceiling names there, and at most 2 to the number of its rules. So a request
 * cannot make this slow, only a policy can, within the bounds of its schema.
 */
export function uncovered(ceiling: readonly PolicyRule[], wanted: readonly PolicyRule[]): PolicyRule[] {
  return wanted.flatMap((rule) => [...uncoveredResources(ceiling, rule), ...uncoveredURLs(ceiling, rule)]);
}

function uncoveredResources(ceiling: readonly PolicyRule[], rule: PolicyRule): PolicyRule[] {
  if (rule.resourceNames.length > 0) {
    return uncoveredIn(['apiGroups', 'resources', 'resourceNames', 'verbs'], ceiling, rule);
  }
  // Whoever names nothing wants every object, future ones too: a list of names never covers that.
  return uncoveredIn(['apiGroups', 'resources', 'verbs'], ceiling.filter(namesNothing), rule);
}

/** Names say nothing about URLs, yet the API server compares them: only an invalid ceiling has both. */
function uncoveredURLs(ceiling: readonly PolicyRule[], rule: PolicyRule): PolicyRule[] {
  return uncoveredIn(['nonResourceURLs', 'verbs'], ceiling.filter(namesNothing), rule);
}

function namesNothing({ resourceNames }: PolicyRule): boolean {
  return resourceNames.length === 0;
}

/** Rules of the ceiling: bit n stands for the n-th. */
type Rules = bigint;

/** One list of a wanted rule. */
interface Axis {
  readonly field: keyof PolicyRule;
  /** Its values, each with the rules of the ceiling that cover it in this field. */
  readonly covering: ReadonlyMap<string, Rules>;
}

function uncoveredIn(
  fields: readonly (keyof PolicyRule)[],
  ceiling: readonly PolicyRule[],
  rule: PolicyRule,
): PolicyRule[] {
  const axes = fields.map((field) => axis(field, ceiling, rule[field]));
  return remainder(axes, (1n << BigInt(ceiling.length)) - 1n);
}

function axis(field: keyof PolicyRule, ceiling: readonly PolicyRule[], wanted: readonly string[]): Axis {
  const bits = ceiling.map((rule, index) => [rule[field], 1n << BigInt(index)] as const);
  const coveringOf = (value: string): Rules =>
    bits.reduce((rules, [listed, bit]) => (covers[field](listed, value) ? rules | bit : rules), 0n);
  return { field, covering: new Map(wanted.map((value) => [value, coveringOf(value)])) };
}

/** What is left of all combinations of these lists, if `candidates` cover what the lists before them say. */
function remainder([first, ...rest]: readonly Axis[], candidates: Rules): PolicyRule[] {
  if (first === undefined) return candidates === 0n ? [NOTHING] : [];
  const alike = Map.groupBy(first.covering, ([, rules]) => rules & candidates);
  return [...alike].flatMap(([survivors, values]) =>
    remainder(rest, survivors).map((left) => ({ ...left, [first.field]: values.map(([value]) => value) })),
  );
}
