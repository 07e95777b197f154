import { expect, it } from 'vitest';
import { Duration } from '../../api/duration.ts';
import { question } from '../test-question.ts';
import { checkDuration, effectiveDuration } from './duration.ts';

const limits = { default: Duration.parse('30m'), max: Duration.parse('4h') };
const ask = (duration?: string) =>
  checkDuration(limits, question(duration ? { duration: Duration.parse(duration) } : {}));

it('permits the longest allowed, and not a second more', () => {
  expect(ask('4h')).toEqual({ result: 'pass' });
  expect(ask('4h1s')).toEqual({ result: 'fail', code: 'DurationTooLong', wanted: ['4h'], got: '4h1s' });
});

it('compares lengths, not spellings', () => {
  expect(ask('240m')).toEqual({ result: 'pass' });
  expect(ask('14401s')).toMatchObject({ code: 'DurationTooLong' });
});

it('takes the default where nothing was asked, else the most there is', () => {
  expect(ask()).toEqual({ result: 'pass' });
  expect(effectiveDuration(limits, undefined)).toBe('30m');
  expect(effectiveDuration({ max: limits.max }, undefined)).toBe('4h');
});

it('gives what was asked, not the default', () => {
  expect(effectiveDuration(limits, Duration.parse('1h'))).toBe('1h');
});
