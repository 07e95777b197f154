import { describe, expect, it } from 'vitest';
import { readAccessReview } from './access-review.ts';
import { REQUEST_SPEC } from './test-objects.ts';

const SPEC = {
  request: { name: 'checkout-5xx', uid: 'b1d8a9a2' },
  decision: 'Approve',
  comment: 'go on',
  reviewer: REQUEST_SPEC.requester,
};
const metadata = { name: 'r', namespace: 'payments', uid: 'u', resourceVersion: '1' };

function problem(change: object): string {
  const read = readAccessReview({ metadata, spec: { ...SPEC, ...change } });
  return 'unreadable' in read ? read.unreadable : '';
}

it('reads a review that is new', () => {
  expect(readAccessReview({ metadata, spec: SPEC })).toEqual({ metadata, spec: SPEC, status: {} });
});

it('needs no comment', () => {
  expect(problem({ comment: undefined })).toBe('');
});

it('is read though its status makes no sense: that says nothing about the decision', () => {
  expect(readAccessReview({ metadata, spec: SPEC, status: { accepted: 'yes' } })).toMatchObject({ status: {} });
});

describe('a malformed review is unreadable, and says by which field and what is allowed:', () => {
  it.each<[string, object, string]>([
    ['no request', { request: undefined }, 'spec.request: Invalid input: expected object'],
    ['a request by name alone', { request: { name: 'a' } }, 'spec.request.uid: Invalid input: expected string'],
    ['a request without a uid', { request: { name: 'a', uid: '' } }, 'spec.request.uid: Too small'],
    ['a path for a name', { request: { name: 'a/b', uid: 'u' } }, 'spec.request.name: the name of an object'],
    ['another word', { decision: 'Maybe' }, 'spec.decision: Invalid option: expected one of "Approve"|"Deny"|"Revoke"'],
    ['a comment of two lines', { comment: 'a\nb' }, 'spec.comment: one line without control or invisible characters'],
    ['a comment that turns round', { comment: '\u202eab' }, 'spec.comment: one line'],
    ['no reviewer', { reviewer: undefined }, 'spec.reviewer: Invalid input: expected object'],
    ['a field with a typo', { decison: 'Deny' }, 'spec: Unrecognized key: "decison"'],
  ])('%s', (_what, change, message) => {
    expect(problem(change)).toContain(message);
  });

  it('without a namespace', () => {
    const { namespace: _, ...rest } = metadata;
    expect(readAccessReview({ metadata: rest, spec: SPEC })).toMatchObject({
      unreadable: 'metadata.namespace: missing',
    });
  });
});
