import { describe, expect, it } from 'vitest';
import { isJsonObject } from '../runtime/merge-patch.ts';
import type { KubernetesObject } from '../runtime/object.ts';
import { faultsIn } from './faults.ts';
import { type AdmissionKind, SHIPPED } from './shipped.ts';
import { admissionReader, disturbs } from './stored.ts';

const POLICY = 'ValidatingAdmissionPolicy';
const BINDING = 'ValidatingAdmissionPolicyBinding';

function stored(name: string, spec: unknown, generation = 1): KubernetesObject {
  return { metadata: { name, uid: `uid of ${name}`, resourceVersion: '1', generation }, spec };
}

/** What is wrong where all is as shipped, but for what is done to the fence around Jobs. */
function faults(kind: AdmissionKind, change: (spec: Record<string, unknown>) => unknown): string[] {
  const admission = { [POLICY]: new Map(), [BINDING]: new Map() };
  for (const shipped of SHIPPED) {
    const changed = shipped.name === 'daypass-fence-jobs' && shipped.kind === kind;
    const spec = changed ? change(structuredClone(shipped.spec)) : shipped.spec;
    if (spec === undefined) continue;
    admission[shipped.kind].set(shipped.name, admissionReader(shipped.kind)(stored(shipped.name, spec)));
  }
  return faultsIn(admission);
}

it('knows every policy by name, each with its binding', () => {
  const names = (kind: AdmissionKind) => SHIPPED.filter((each) => each.kind === kind).map(({ name }) => name);
  expect(names(POLICY)).toContain('daypass-hold-identity');
  expect(names(BINDING)).toEqual(names(POLICY));
});

it('finds nothing wrong with what was shipped', () => {
  expect(faults(POLICY, (spec) => spec)).toEqual([]);
});

describe('of a policy it tells', () => {
  it.each([
    ['that it is missing', () => undefined, 'is missing'],
    [
      'that it fails open',
      (spec) => ({ ...spec, failurePolicy: 'Ignore' }),
      'was changed: spec.failurePolicy is not as shipped',
    ],
    [
      'that it no longer matches some namespaces',
      (spec) => narrowed(spec, { namespaceSelector: { matchLabels: { team: 'x' } } }),
      'was changed: spec.matchConstraints.namespaceSelector.matchLabels is not as shipped',
    ],
    [
      'that it no longer matches some objects',
      (spec) => narrowed(spec, { excludeResourceRules: [{ apiGroups: ['batch'], resources: ['jobs'] }] }),
      'was changed: spec.matchConstraints.excludeResourceRules is not as shipped',
    ],
    [
      'that it takes parameters',
      (spec) => ({ ...spec, paramKind: { kind: 'A' } }),
      'was changed: spec.paramKind is not as shipped',
    ],
    [
      'that it has another condition',
      (spec) => ({ ...spec, matchConditions: [] }),
      'was changed: spec.matchConditions is not as shipped',
    ],
    ['that it has no spec', () => null, 'was changed: spec is not as shipped'],
  ] as [string, (spec: Record<string, unknown>) => unknown, string][])('%s', (_what, change, fault) => {
    expect(faults(POLICY, change)).toEqual([`${POLICY} daypass-fence-jobs ${fault}`]);
  });
});

describe('of a binding it tells', () => {
  it.each([
    ['that it is missing', () => undefined, 'is missing'],
    [
      'that it audits',
      (spec) => ({ ...spec, validationActions: ['Audit'] }),
      'was changed: spec.validationActions[0] is not as shipped',
    ],
    [
      'that it binds another policy',
      (spec) => ({ ...spec, policyName: 'x' }),
      'was changed: spec.policyName is not as shipped',
    ],
    [
      'that it selects',
      (spec) => ({ ...spec, matchResources: {} }),
      'was changed: spec.matchResources is not as shipped',
    ],
    ['that it has a parameter', (spec) => ({ ...spec, paramRef: {} }), 'was changed: spec.paramRef is not as shipped'],
  ] as [string, (spec: Record<string, unknown>) => unknown, string][])('%s', (_what, change, fault) => {
    expect(faults(BINDING, change)).toEqual([`${BINDING} daypass-fence-jobs ${fault}`]);
  });
});

it('tells of fields with hostile names in one short line', () => {
  const [fault = ''] = faults(POLICY, (spec) => ({ ...spec, [`\u001b[2J\n${'x'.repeat(500)}`]: 1 }));
  expect(fault).toMatch(
    /^ValidatingAdmissionPolicy daypass-fence-jobs was changed: spec.\?\[2J\?x{100,130} is not as shipped$/,
  );
});

describe('a change of what is stored', () => {
  const read = admissionReader(POLICY);
  const before = read(stored('daypass-fence-jobs', {}, 1));
  const after = read(stored('daypass-fence-jobs', {}, 2));

  it('disturbs where it is one of the spec, or of whether it is there, though it may be put right already', () => {
    expect(disturbs({ before, after })).toBe(true);
    expect(disturbs({ before })).toBe(true);
    expect(disturbs({ after })).toBe(true);
  });

  it('does not where only labels and the like have changed', () => {
    expect(disturbs({ before, after: before })).toBe(false);
  });
});

function narrowed(spec: Record<string, unknown>, by: object): object {
  const { matchConstraints } = spec;
  return { ...spec, matchConstraints: { ...(isJsonObject(matchConstraints) && matchConstraints), ...by } };
}
