import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAccessPolicy } from '../api/access-policy.ts';
import { Duration } from '../api/duration.ts';
import { ALLOW_SPEC, allow, deny, policyObject } from '../api/test-objects.ts';
import { decide, findDeny, type Verdict } from './decide.ts';
import { DEPLOYER, question } from './test-question.ts';

const broken = (name: string, spec: object) => readAccessPolicy(policyObject(name, spec));

describe('decide', () => {
  it('denies where there is no policy', () => {
    expect(decide([], question())).toEqual({ decision: 'Deny', code: 'NoPolicyPermits', judgements: [] });
  });

  it('allows what a policy permits, for as long as it was asked', () => {
    const verdict = decide([allow('p')], question({ duration: Duration.parse('45m') }));
    expect(verdict).toMatchObject({
      decision: 'Allow',
      policy: { name: 'p', uid: 'uid-p', generation: 1 },
      duration: '45m',
    });
  });

  it("gives the deciding policy's default where nothing was asked", () => {
    expect(decide([allow('p')], question())).toMatchObject({ duration: '30m' });
  });

  it('lets the highest priority decide, then the name', () => {
    const policies = [
      allow('b', { priority: 5 }),
      allow('c', { priority: 7 }),
      allow('a', { priority: 7 }),
      allow('d'),
    ];
    expect(decide(policies, question())).toMatchObject({ policy: { name: 'a' } });
  });

  it('counts an omitted priority as 0', () => {
    expect(decide([allow('a', { priority: -1 }), allow('b')], question())).toMatchObject({ policy: { name: 'b' } });
    expect(decide([allow('a'), allow('b', { priority: 1 })], question())).toMatchObject({ policy: { name: 'b' } });
  });

  it('does not let a policy decide that does not permit, whatever its priority', () => {
    const policies = [allow('a', { priority: 9, roles: ['view'] }), allow('b')];
    expect(decide(policies, question())).toMatchObject({ decision: 'Allow', policy: { name: 'b' } });
  });

  it('lets Deny win over any priority', () => {
    const policies = [allow('a', { priority: 1_000_000 }), deny('z', { priority: -1_000_000 })];
    expect(decide(policies, question())).toMatchObject({
      decision: 'Deny',
      code: 'DeniedByPolicy',
      policy: { name: 'z' },
    });
  });

  it.each([
    ['z', 'b'],
    ['b', 'z'],
  ])('names the first of several Denies by name, however they are listed: %s, %s', (...names) => {
    expect(
      decide(
        names.map((name) => deny(name)),
        question(),
      ),
    ).toMatchObject({ policy: { name: 'b' } });
  });

  it('denies what a policy that cannot be read may deny', () => {
    const verdict = decide([allow('a'), broken('z', { effect: 'Deny', until: 'tomorrow' })], question());
    expect(verdict).toMatchObject({ decision: 'Deny', code: 'PolicyUnreadable', policy: { name: 'z' } });
  });

  it('names the Deny that can be read before the one that cannot', () => {
    const verdict = decide([broken('a', { effect: 'deny' }), deny('z')], question());
    expect(verdict).toMatchObject({ code: 'DeniedByPolicy', policy: { name: 'z' } });
  });
});

describe('findDeny, for a running grant', () => {
  it('finds a Deny that matches', () => {
    expect(findDeny([allow('a'), deny('z')], question())).toEqual({ name: 'z', uid: 'uid-z', generation: 1 });
  });

  it('does not end grants over a policy that cannot be read', () => {
    expect(findDeny([broken('z', { effect: 'Deny', until: 'tomorrow' })], question())).toBeUndefined();
  });

  it('does not find a Deny of something else', () => {
    expect(findDeny([deny('z', { roles: ['view'] }), allow('a')], question())).toBeUndefined();
  });
});

const scope = fc.record(
  {
    requesters: fc.constantFrom(
      ALLOW_SPEC.requesters,
      [{ kind: 'User', name: 'bob' }],
      [{ kind: 'ServiceAccount', namespace: 'ci', name: 'deployer' }],
    ),
    namespaces: fc.constantFrom(
      { names: ['payments'] },
      { names: ['orders'] },
      { selector: { matchLabels: { team: 'payments' } } },
    ),
    roles: fc.constantFrom(['daypass-pod-logs'], ['view'], ['view', 'daypass-pod-logs']),
  },
  { requiredKeys: [] },
);
const limits = fc.record({
  priority: fc.integer({ min: -2, max: 2 }),
  duration: fc.constantFrom({ max: '10m' }, { default: '5m', max: '4h' }),
});
const allowSpec = fc.oneof(
  limits.map((each) => ({ ...ALLOW_SPEC, ...each })),
  fc.tuple(scope, limits).map(([where, each]) => ({ approval: { automatic: true }, ...where, ...each })),
);
const denySpec = scope.map((where) => ({ effect: 'Deny', ...where }));
const brokenSpec = fc
  .tuple(fc.constantFrom('Allow', 'Deny', 'deny', undefined), scope)
  .map(([effect, where]) => ({ effect, ...where, until: 'x' }));
const anySpec = fc.oneof(
  { weight: 4, arbitrary: allowSpec },
  { weight: 1, arbitrary: denySpec },
  { weight: 1, arbitrary: brokenSpec },
);

/** Names are unique, as the API server's are, and tell nothing of the order. */
const policies = fc
  .array(anySpec, { maxLength: 5 })
  .chain((specs) => fc.shuffledSubarray([...'abcdef'], { minLength: specs.length }).map((names) => ({ specs, names })))
  .map(({ specs, names }) => specs.map((spec, index) => readAccessPolicy(policyObject(names[index] ?? '', spec))));
const questions = fc.constantFrom(
  question(),
  question({ duration: Duration.parse('45m') }),
  question({ requester: DEPLOYER }),
  question({ requester: { username: 'bob' }, role: 'view' }),
  question({ namespace: { name: 'orders', labels: {} } }),
);

/** A verdict without the findings that led to it. */
function gist({ judgements: _, ...verdict }: Verdict): object {
  return verdict;
}

describe('whatever the policies,', () => {
  it('their order never matters', () => {
    const shuffled = policies.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
    );
    fc.assert(
      fc.property(shuffled, questions, ([list, other], asked) => {
        expect(gist(decide(list, asked))).toEqual(gist(decide(other, asked)));
        expect(findDeny(list, asked)).toEqual(findDeny(other, asked));
      }),
    );
  });

  it('one more Allow never undoes a Deny', () => {
    fc.assert(
      fc.property(policies, allowSpec, questions, (list, spec, asked) => {
        const before = decide(list, asked);
        const after = decide([...list, readAccessPolicy(policyObject('zz', spec))], asked);
        const denied = before.decision === 'Deny' && before.code !== 'NoPolicyPermits';
        expect(denied ? gist(after) : {}).toEqual(denied ? gist(before) : {});
        expect(before.decision === 'Allow' && after.decision === 'Deny').toBe(false);
      }),
    );
  });

  it('one more Deny never allows, and changes nothing of what it leaves allowed', () => {
    fc.assert(
      fc.property(policies, fc.oneof(denySpec, brokenSpec), questions, (list, spec, asked) => {
        const before = decide(list, asked);
        const after = decide([...list, readAccessPolicy(policyObject('zz', spec))], asked);
        const allowed = after.decision === 'Allow';
        expect(allowed ? gist(after) : {}).toEqual(allowed ? gist(before) : {});
      }),
    );
  });

  it('nobody gets longer than a policy that permits it gives', () => {
    const asking = fc.tuple(questions, fc.integer({ min: 1, max: 20_000 })).map(([asked, seconds]) => ({
      ...asked,
      duration: Duration.parse(`${seconds}s`),
    }));
    fc.assert(
      fc.property(policies, asking, (list, asked) => {
        const verdict = decide(list, asked);
        if (verdict.decision === 'Deny') return;
        const policy = list.find(({ metadata }) => metadata.name === verdict.policy.name);
        expect(verdict.duration).toBe(asked.duration);
        expect(policy && judgedAlone(policy, asked)).toBe('Allow');
      }),
    );
  });
});

function judgedAlone(policy: Parameters<typeof decide>[0][number], asked: Parameters<typeof decide>[1]): string {
  return decide([policy], asked).decision;
}
