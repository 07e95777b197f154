import { errors } from 'undici';
import { expect, it } from 'vitest';
import { ApiError } from './errors.ts';
import { errorFromAnswer, errorFromFailure } from './http-errors.ts';

const status = (fields: object) => ({ kind: 'Status', status: 'Failure', ...fields });
const read = { write: false };
const write = { write: true };

it.each([
  [400, 'Invalid', 'tell'],
  [401, 'Unauthorized', 'retry'],
  [403, 'Forbidden', 'tell'],
  [404, 'NotFound', 'wait'],
  [409, 'Conflict', 'retry'],
  [410, 'Expired', 'retry'],
  [413, 'Invalid', 'tell'],
  [422, 'Invalid', 'tell'],
  [429, 'TooManyRequests', 'retry'],
  [500, 'Unavailable', 'retry'],
  [502, 'Unavailable', 'retry'],
  [302, 'Unavailable', 'retry'],
] as const)('makes %d %s, with the advice to %s', (code, reason, advice) => {
  expect(errorFromAnswer(code, status({ message: 'no' }), read)).toMatchObject({ code, reason, advice, message: 'no' });
});

it('tells a name that is taken from other conflicts', () => {
  expect(errorFromAnswer(409, status({ reason: 'AlreadyExists' }), write).reason).toBe('AlreadyExists');
});

it('knows a uid that does not hold by the field that the server blames', () => {
  const blamed = status({ details: { causes: [{ field: 'metadata.uid', reason: 'FieldValueInvalid' }] } });
  expect(errorFromAnswer(422, blamed, write).reason).toBe('Conflict');
  const other = status({ details: { causes: [{ field: 'spec.uid', reason: 'FieldValueInvalid' }] } });
  expect(errorFromAnswer(422, other, write)).toMatchObject({ reason: 'Invalid', causes: ['FieldValueInvalid'] });
});

it('says of a write whether it may have happened', () => {
  expect(errorFromAnswer(500, undefined, write).maybeDone).toBe(true);
  expect(errorFromAnswer(500, undefined, read).maybeDone).toBe(false);
  expect(errorFromAnswer(429, undefined, write).maybeDone).toBe(false);
});

it('believes of what failed what is known of it, not its code: TLS breaks at the beginning, and later too', () => {
  const failure = Object.assign(new Error('it failed'), { code: 'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC' });
  for (const maybeDone of [true, false]) {
    expect(errorFromFailure(failure, { maybeDone })).toMatchObject({
      reason: 'Unavailable',
      maybeDone,
      cause: failure,
    });
  }
});

it('tells an answer that is too long from one that is none', () => {
  const tooLong = new errors.ResponseExceededMaxSizeError();
  expect(errorFromFailure(tooLong, { maybeDone: false })).toMatchObject({
    reason: 'TooLong',
    advice: 'retry',
    cause: tooLong,
  });
});

it.each([
  ['7', 7000],
  ['0', 0],
  ['soon', undefined],
  ['-1', undefined],
  [undefined, undefined],
])('takes Retry-After %j for %j ms', (retryAfter, expected) => {
  expect(errorFromAnswer(429, undefined, { ...read, retryAfter }).retryAfter).toBe(expected);
});

it('passes on no more of an answer than a Status and 1 KiB of its message', () => {
  expect(errorFromAnswer(502, '<html>secret</html>', read).message).toBe('HTTP status 502 without a reason');
  expect(errorFromAnswer(403, status({ message: 'x'.repeat(5000) }), read).message).toHaveLength(1024);
});

it('leaves what is an ApiError already as it is', () => {
  const error = new ApiError('Expired', 'too old');
  expect(errorFromFailure(error, { maybeDone: true })).toBe(error);
});
