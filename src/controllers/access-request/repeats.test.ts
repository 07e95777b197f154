import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type AccessReview, readAccessReview, ReviewDecision } from '../../api/access-review.ts';
import type { Identity } from '../../api/identity.ts';
import { tally } from '../../policy/tally.ts';
import { firstOfEach } from './repeats.ts';

const REQUIRED = ['leads', 'security'].map((name) => ({ reviewers: [{ kind: 'Group' as const, name }], count: 2 }));

interface Written {
  readonly reviewer: Identity;
  readonly decision: ReviewDecision;
  readonly second: number;
}

const reviewer: fc.Arbitrary<Identity> = fc.record({
  username: fc.constantFrom('ada', 'lena', 'Lena', 'lars', 'sue'),
  uid: fc.constantFrom('1', '2'),
  groups: fc.subarray(['leads', 'security', 'developers']),
  extra: fc.constantFrom<NonNullable<Identity['extra']>[]>(
    {},
    { arn: ['x'] },
    { 'authentication.kubernetes.io/credential-id': ['JTI=1'] },
  ),
});
const written: fc.Arbitrary<Written> = fc.record({
  reviewer,
  decision: fc.constantFrom(...ReviewDecision.options),
  second: fc.nat(3),
});

function review({ decision, second, ...by }: Written, n: number): AccessReview {
  const name = `review-${n}`;
  const creationTimestamp = `2026-12-01T09:00:0${second}Z`;
  const read = readAccessReview({
    metadata: { name, uid: name, namespace: 'payments', resourceVersion: '1', creationTimestamp },
    spec: { request: { name: 'r', uid: 'u' }, decision, ...by },
  });
  if ('unreadable' in read) throw new TypeError(read.unreadable);
  return read;
}

/** What comes of reviews for the request that they are of. */
function outcome(reviews: readonly AccessReview[]) {
  const { standings: _, ...rest } = tally(
    { required: REQUIRED },
    {
      requester: { username: 'ada', uid: '1' },
      subject: { kind: 'ServiceAccount', namespace: 'ci', name: 'deployer' },
      reviews,
      claim: 'uid',
      couldActAs: (pairs) => pairs.some(({ who }) => who.groups?.includes('developers') === true),
    },
  );
  return rest;
}

it('nothing comes of the others: what counts, for or against, is the same without them', () => {
  fc.assert(
    fc.property(fc.array(written, { maxLength: 12 }), (all) => {
      const reviews = all.map(review);
      expect(outcome(firstOfEach(reviews))).toEqual(outcome(reviews));
    }),
    { numRuns: 3000 },
  );
});

it('is as long as there are different things to say, whatever was written', () => {
  const lena = { username: 'lena', uid: '1', groups: ['leads'] };
  const many = Array.from({ length: 1000 }, (_, n) =>
    review({ reviewer: lena, decision: 'Approve', second: n % 10 }, n),
  );
  const [first, ...others] = firstOfEach(many.toReversed());
  expect(first?.metadata.name).toBe('review-0');
  expect(others).toEqual([]);
});
