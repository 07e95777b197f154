import { expect, it } from 'vitest';
import { checkStatusPatch, mergePatch } from './merge-patch.ts';

// The examples of RFC 7386, appendix A, whose target is an object.
it.each([
  [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
  [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
  [{ a: 'b' }, { a: null }, {}],
  [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
  [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
  [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
  [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
  [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
])('makes of %j by %j %j', (target, patch, result) => {
  const before = structuredClone(target);
  expect(mergePatch(target, patch)).toEqual(result);
  expect(target).toEqual(before);
});

it('refuses a uid that nothing would hold to', () => {
  expect(() => checkStatusPatch({ metadata: { uid: 'u' }, status: {} })).toThrow(
    expect.objectContaining({ reason: 'Invalid' }),
  );
  checkStatusPatch({ metadata: { uid: 'u', resourceVersion: '1' }, status: {} });
  checkStatusPatch({ status: {} });
});
