import { expect, it } from 'vitest';
import { question } from '../test-question.ts';
import { checkRoles } from './roles.ts';

it('permits a role that is listed', () => {
  expect(checkRoles(['view', 'daypass-pod-logs'], question())).toEqual({ result: 'pass' });
});

it.each([[[]], [['view']], [['*']], [['daypass-*']], [['Daypass-pod-logs']], [['daypass-pod-logs ']]])(
  '%j lists no such role',
  (wanted) => {
    expect(checkRoles(wanted, question())).toEqual({
      result: 'fail',
      code: 'RoleNotListed',
      wanted,
      got: 'daypass-pod-logs',
    });
  },
);
