import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ACCESS_POLICIES } from './access-policy.ts';
import { ACCESS_REQUESTS } from './access-request.ts';
import type { Kind } from './kind.ts';
import { ALLOW_SPEC, REQUEST_SPEC } from './test-objects.ts';
import { accepts, nodesOf, schemaOf } from './test-structural.ts';

/** Refusals that the CRD leaves to a CEL rule, or that the API server makes without being told. */
const ELSEWHERE = new Set(['custom', 'unrecognized_keys']);

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
const FULL_REQUEST = {
  ...REQUEST_SPEC,
  startTime: '2026-12-01T09:00:00Z',
  ticket: 'INC-4711',
  requester: { ...REQUEST_SPEC.requester, uid: '7', extra: { mfa: ['yes'] } },
};

const odd = fc.oneof(
  fc.constantFrom(
    '',
    '0s',
    '1h',
    '٣h',
    'a/b',
    '.',
    '\n',
    '\u0378',
    '\u{1f525}'.repeat(300),
    'x'.repeat(2000),
    'Deny',
    'User',
    'system:admin',
  ),
  fc.constantFrom('2026-02-30T00:00:00Z', '2026-12-01T09:00:00+01:00', '2026-12-01', '2026-12-01T09:00:60Z'),
  fc.string({ unit: 'binary', maxLength: 4 }),
  fc.constantFrom(0, -1, 0.5, 1_000_001, 2 ** 60, true, false, null, {}, []),
  fc.nat(70).map((length) => Array.from({ length }, () => 'a')),
);

/** `value` with one part of it, anywhere, replaced or removed. */
function changed(value: unknown): fc.Arbitrary<unknown> {
  if (typeof value !== 'object' || value === null) return odd;
  const entries = Object.entries(value);
  const parts = entries.map(([key, each]) =>
    changed(each).map((next) => rebuilt(value, [...entries.filter(([k]) => k !== key), [key, next]])),
  );
  const shorter = entries.map(([key]) =>
    fc.constant(
      rebuilt(
        value,
        entries.filter(([k]) => k !== key),
      ),
    ),
  );
  const longer = odd.map((next) => rebuilt(value, [...entries, ['\u001b', next]]));
  return fc.oneof(odd, longer, ...parts, ...shorter);
}

function rebuilt(like: object, entries: readonly (readonly [string, unknown])[]): unknown {
  return Array.isArray(like) ? entries.map(([, value]) => value) : Object.fromEntries(entries);
}

it.each<[Kind, object]>([
  [ACCESS_POLICIES, POLICY_SPEC],
  [ACCESS_REQUESTS, FULL_REQUEST],
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
      '.duration',
      '.duration.default',
      '.duration.max',
      '',
    ],
  ],
  [ACCESS_REQUESTS, ['.duration', '']],
])('what a schema alone cannot say is a CEL rule: $resource.kind', (kind, wanted) => {
  const ruled = [...nodesOf(schemaOf(kind, 'spec'), '')].filter(([, node]) => node['x-kubernetes-validations']);
  expect(ruled.map(([path]) => path).toSorted()).toEqual(wanted.toSorted());
});
