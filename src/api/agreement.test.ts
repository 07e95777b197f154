import fc from 'fast-check';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { ACCESS_POLICIES } from './access-policy.ts';
import { ACCESS_REQUESTS } from './access-request.ts';
import { ACCESS_REVIEWS } from './access-review.ts';
import type { Kind } from './kind.ts';
import { ALLOW_SPEC, REQUEST_SPEC } from './test-objects.ts';
import { accepts, nodesOf, schemaOf } from './test-structural.ts';

/** Refusals that the CRD leaves to a CEL rule, or that the API server makes without being told. */
const ELSEWHERE = new Set(['custom', 'unrecognized_keys', 'invalid_key']);

const POLICY_SPEC = {
  ...ALLOW_SPEC,
  description: 'x',
  effect: 'Allow',
  priority: 1,
  requesters: [...ALLOW_SPEC.requesters, { kind: 'ServiceAccount', namespace: 'ci', name: 'deployer' }],
  namespaces: {
    names: ['payments'],
    selector: {
      matchLabels: { team: 'payments' },
      matchExpressions: [{ key: 'stage', operator: 'In', values: ['live'] }],
    },
  },
};
const REVIEWED_POLICY_SPEC = {
  ...POLICY_SPEC,
  approval: { required: [{ reviewers: [{ kind: 'Group', name: 'leads' }], count: 1 }], deadline: '2h' },
  permissions: [{ apiGroups: ['', 'apps'], resources: ['*', 'pods/log', '*/scale'], verbs: ['get', '*'] }],
  allowRisky: true,
  emergency: { maxDuration: '1h', reviewWithin: '24h' },
  onBehalfOf: [{ kind: 'ServiceAccount', namespace: 'ci', name: 'deployer' }],
};
const FULL_REVIEW = {
  request: { name: 'checkout-5xx', uid: 'b1d8a9a2' },
  decision: 'Approve',
  comment: 'go on',
  reviewer: REQUEST_SPEC.requester,
};
const FULL_REQUEST = {
  ...REQUEST_SPEC,
  startTime: '2026-12-01T09:00:00Z',
  subject: { kind: 'ServiceAccount', namespace: 'ci', name: 'deployer' },
  ticket: 'INC-4711',
  requester: { ...REQUEST_SPEC.requester, uid: '7', extra: { mfa: ['yes'] } },
};

const { startTime: _, ...AT_ONCE } = FULL_REQUEST;
const { roleRef: __, ...BY_PERMISSION } = AT_ONCE;
const PERMISSION_REQUEST = {
  ...BY_PERMISSION,
  permissions: [{ apiGroups: ['', 'apps'], resources: ['pods/log'], resourceNames: ['a'], verbs: ['get'] }],
};
const EMERGENCY_REQUEST = { ...AT_ONCE, emergency: true, extends: { name: 'checkout-5xx', uid: 'b1d8a9a2' } };

const odd = fc.oneof(
  fc.constantFrom('\u{1f525}'.repeat(300), 'x'.repeat(2000)),
  fc.constantFrom('', '0s', '1h', '٣h', 'a/b', '.', '\n', '\u0378', 'Deny', 'User', 'system:admin'),
  fc.constantFrom('2026-02-30T00:00:00Z', '2026-12-01T09:00:00+01:00', '2026-12-01', '2026-12-01T09:00:60Z'),
  fc.string({ maxLength: 4 }),
  fc.constantFrom(0, -1, 0.5, 1_000_001, 2 ** 60, true, false, null, {}, []),
  fc.nat(70).map((length) => Array.from({ length }, () => 'a')),
);

type Entries = [key: string, value: unknown][];

/** The entries of an object or array; of anything else undefined. */
function entriesOf(value: unknown): Entries | undefined {
  return typeof value === 'object' && value !== null ? Object.entries(value) : undefined;
}

/** Every way down into a value, none at all among them. */
function pathsOf(value: unknown): string[][] {
  return [[], ...(entriesOf(value) ?? []).flatMap(([key, each]) => pathsOf(each).map((path) => [key, ...path]))];
}

/** What one edit makes of a part: another value, or one with an entry less or more. */
const edit = fc.oneof(
  odd.map((next) => () => next),
  fc.nat(5).map((index) => (part: unknown) => rebuilt(part, (entries) => entries.toSpliced(index, 1))),
  fc
    .tuple(fc.constantFrom('', '\u001b', 'x'.repeat(400)), fc.oneof(fc.constant('live'), odd))
    .map((entry) => (part: unknown) => rebuilt(part, (entries) => [...entries, entry])),
);

/** `value` with one part of it, anywhere, edited. */
function changed(value: unknown): fc.Arbitrary<unknown> {
  return fc.tuple(fc.constantFrom(...pathsOf(value)), edit).map(([path, change]) => edited(value, path, change));
}

function edited(value: unknown, [first, ...rest]: readonly string[], change: (part: unknown) => unknown): unknown {
  if (first === undefined) return change(value);
  return rebuilt(value, (entries) =>
    entries.map(([key, each]) => [key, key === first ? edited(each, rest, change) : each]),
  );
}

function rebuilt(value: unknown, change: (entries: Entries) => Entries): unknown {
  const entries = change(entriesOf(value) ?? []);
  return Array.isArray(value) ? entries.map(([, each]) => each) : Object.fromEntries(entries);
}

it.each<[Kind, object]>([
  [ACCESS_POLICIES, POLICY_SPEC],
  [ACCESS_POLICIES, REVIEWED_POLICY_SPEC],
  [ACCESS_REQUESTS, FULL_REQUEST],
  [ACCESS_REQUESTS, EMERGENCY_REQUEST],
  [ACCESS_REQUESTS, PERMISSION_REQUEST],
  [ACCESS_REVIEWS, FULL_REVIEW],
])('what the API server stores the operator can read: $resource.kind', (kind, spec) => {
  const schema = schemaOf(kind, 'spec');
  expect(accepts(schema, spec)).toBe(true);
  expect(kind.spec.safeParse(spec).success).toBe(true);
  fc.assert(
    fc.property(changed(spec), (value) => {
      const refused = kind.spec.safeParse(value).error?.issues.filter(({ code }) => !ELSEWHERE.has(code)) ?? [];
      if (refused.length > 0) expect(accepts(schema, value)).toBe(false);
    }),
    { numRuns: 2000 },
  );
});

it.each<[Kind, string[]]>([
  [
    ACCESS_POLICIES,
    [
      '.requesters[]',
      '.namespaces',
      '.namespaces.selector',
      '.namespaces.selector.matchExpressions[]',
      '.namespaces.selector.matchLabels',
      '.duration',
      '.duration.default',
      '.duration.max',
      '.approval',
      '.approval.deadline',
      '.approval.required[].reviewers[]',
      '.emergency',
      '.emergency.maxDuration',
      '.emergency.reviewWithin',
      '',
    ],
  ],
  [ACCESS_REQUESTS, ['.duration', '.permissions', '']],
  [ACCESS_REVIEWS, ['']],
])('what a schema alone cannot say is a CEL rule: $resource.kind', (kind, wanted) => {
  const ruled = [...nodesOf(schemaOf(kind, 'spec'), '')].filter(([, node]) =>
    rulesOf(node).some((rule) => !repeats(rule, node)),
  );
  expect(ruled.map(([path]) => path).toSorted()).toEqual(wanted.toSorted());
});

function rulesOf(node: Record<string, unknown>): { rule: string }[] {
  return z
    .array(z.object({ rule: z.string() }))
    .default([])
    .parse(node['x-kubernetes-validations']);
}

/** A pattern is repeated as a rule, for the sake of the words that come with it. */
function repeats({ rule }: { rule: string }, node: Record<string, unknown>): boolean {
  return rule === `self.matches(r'${String(node['pattern'])}')`;
}
