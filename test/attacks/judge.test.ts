import { describe, expect, it } from 'vitest';
import type { Answer } from '../identity/caller.ts';
import { judge } from './attack.ts';
import { rbac, VALIDATIONS, validation } from './barriers.ts';

const POLICY = 'daypass-hold-deletion';
const BARRIER = validation(POLICY, 'only its reviewer deletes a review');

function denial(message: string, code = 403): Answer {
  const said = `ValidatingAdmissionPolicy '${POLICY}' with binding '${POLICY}' denied request: ${message}`;
  return { code, body: { message: `accessreviews.daypass.dev "x" is forbidden: ${said}` } };
}

describe('an attack', () => {
  it('is stopped as it must be by the very validation that it names', () => {
    const answer = denial('only its reviewer deletes a review; it goes by itself when its request does');
    expect(judge(answer, BARRIER)).toBe('stopped as it must');
  });

  it.each([200, 201])('has succeeded where the API server answers %i', (code) => {
    expect(judge({ code, body: {} }, BARRIER)).toBe('succeeded');
  });

  it.each([
    { what: 'another validation of the policy', answer: denial('only its requester') },
    { what: 'RBAC', answer: { code: 403, body: { message: 'User "dana" cannot delete resource "accessreviews"' } } },
    { what: 'an object that is not there', answer: { code: 404, body: { message: 'not found' } } },
    {
      what: 'the same words with another code',
      answer: denial('only its reviewer deletes a review; it goes by itself when its request does', 422),
    },
  ])('is refused for another reason by $what', ({ answer }) => {
    expect(judge(answer, BARRIER)).toBe('refused for another reason');
  });

  it('may be stopped by RBAC', () => {
    const answer = { code: 403, body: { message: 'User "dana" cannot delete resource "jobs" in API group "batch"' } };
    expect(judge(answer, rbac('delete', 'jobs'))).toBe('stopped as it must');
  });
});

describe('a validation that an attack names', () => {
  it('is one that is shipped', () => {
    expect(() => validation(POLICY, 'nobody')).toThrow('0 validations of daypass-hold-deletion begin with: nobody');
  });

  it('is one alone', () => {
    expect(() => validation(POLICY, 'only its re')).toThrow('2 validations of daypass-hold-deletion begin with');
  });

  it('is known by its place where several say the same', () => {
    const same = VALIDATIONS.filter(({ policy }) => policy === 'daypass-policy-authors');
    expect(validation('daypass-policy-authors', 'who writes an Allow policy needs', { nth: 7 }).index).toBe(7);
    expect(same.length).toBeGreaterThan(8);
  });
});
