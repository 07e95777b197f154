import { describe, expect, it } from 'vitest';
import { ApiError } from '../runtime/errors.ts';
import { accepted, failed, nothing } from './answer.ts';
import { probes } from './probes.ts';
import { doubtOf, type Evidence, PROOF_LIFE } from './verdict.ts';

const WHOLE: Evidence = {
  watched: true,
  faults: [],
  disproved: [],
  unanswered: undefined,
  provenFor: 0,
  doubtful: false,
};

describe('the admission policies', () => {
  it('are relied on while the watch shows them as shipped and a proof is fresh', () => {
    expect(doubtOf(WHOLE)).toBeUndefined();
    expect(doubtOf({ ...WHOLE, provenFor: PROOF_LIFE, unanswered: 'no answer' })).toBeUndefined();
  });

  it('are not, once the proof is old, and why is told', () => {
    expect(doubtOf({ ...WHOLE, provenFor: PROOF_LIFE + 1, unanswered: 'no answer' })).toEqual({
      message: 'it has not been proven for 90 s that the admission policies are enforced: no answer',
      passing: false,
    });
  });

  it('are not, whatever was proven, once the watch shows a fault', () => {
    expect(doubtOf({ ...WHOLE, faults: ['daypass-events is missing'] })).toEqual({
      message: 'daypass-events is missing',
      passing: false,
    });
  });

  it('are not, whatever the watch shows, where a proof has shown a fault', () => {
    expect(doubtOf({ ...WHOLE, disproved: ['not enforced'] })).toEqual({ message: 'not enforced', passing: false });
  });

  it('are not before the first proof, which is not worth a word at a start', () => {
    const unproven = { ...WHOLE, provenFor: undefined };
    const message = 'it has not been proven yet that the admission policies are enforced';
    expect(doubtOf(unproven)).toEqual({ message, passing: true });
    expect(doubtOf({ ...unproven, doubtful: true })).toEqual({ message, passing: false });
  });

  it('are not before they have been read, and then not all of them are called missing', () => {
    const unread = { ...WHOLE, watched: false, faults: ['everything is missing'] };
    const message = 'the admission policies have not been read yet';
    expect(doubtOf(unread)).toEqual({ message, passing: true });
    expect(doubtOf({ ...unread, doubtful: true, unanswered: 'forbidden' })).toEqual({
      message: `${message}: forbidden`,
      passing: false,
    });
  });

  it('have many faults told in a few words, each once', () => {
    const faults = ['a', 'b', 'c', 'd', 'e'];
    expect(doubtOf({ ...WHOLE, faults, disproved: ['a'] })?.message).toBe('a; b; c; and 2 more');
  });
});

describe('what a dry run shows', () => {
  const [probe] = probes('default', new Date());
  if (!probe) throw new Error('there is one');
  const refusal = (policy: string) =>
    new ApiError(
      'Forbidden',
      `jobs.batch "x" is forbidden: ValidatingAdmissionPolicy '${policy}' with binding '${policy}' denied request: no`,
    );

  it('is proof only where it is refused in the name of the policy', () => {
    expect(failed(probe, refusal('daypass-fence-objects'))).toEqual({ shows: 'enforced' });
    expect(failed(probe, refusal('daypass-fence-objects-of-others'))).toMatchObject({ shows: 'nothing' });
  });

  it('is a fault where it is let through', () => {
    expect(accepted(probe)).toEqual({
      shows: 'not enforced',
      fault: 'ValidatingAdmissionPolicy daypass-fence-objects is not enforced',
    });
  });

  it.each([
    new ApiError('Unavailable', 'connection refused'),
    new ApiError('Forbidden', 'User "x" cannot create resource "jobs"'),
    new ApiError('NotFound', 'namespaces "x" not found'),
  ])('is nothing where the answer is lost, or about something else: $message', (error) => {
    expect(failed(probe, error)).toEqual({
      shows: 'nothing',
      why: `what daypass-fence-objects has to refuse was answered otherwise: ${error.message}`,
    });
  });

  it('is told in one short line', () => {
    const why: unknown = expect.stringMatching(/^x: \?\[2J\?y{251}$/);
    expect(nothing('x', new Error(`\u001b[2J\n${'y'.repeat(5000)}`))).toEqual({ shows: 'nothing', why });
  });

  it('is not made of what is no answer at all', () => {
    expect(() => failed(probe, new TypeError('a mistake'))).toThrow('a mistake');
  });
});
