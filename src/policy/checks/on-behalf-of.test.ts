import { expect, it } from 'vitest';
import { DEPLOYER, question } from '../test-question.ts';
import { checkOnBehalfOf } from './on-behalf-of.ts';

const deployer = { kind: 'ServiceAccount', namespace: 'ci', name: 'deployer' } as const;
const builder = { ...deployer, name: 'builder' };

it('everybody may ask for themselves', () => {
  expect(checkOnBehalfOf([], question())).toEqual({ result: 'pass' });
  expect(checkOnBehalfOf([], question({ requester: DEPLOYER }))).toEqual({ result: 'pass' });
});

it('for a service account only those may whom the policy lets', () => {
  expect(checkOnBehalfOf([builder, deployer], question({ subject: deployer }))).toEqual({ result: 'pass' });
  expect(checkOnBehalfOf([builder], question({ subject: deployer }))).toEqual({
    result: 'fail',
    code: 'SubjectNotListed',
    wanted: ['ServiceAccount ci/builder'],
    got: 'ServiceAccount ci/deployer',
  });
});

it.each([{ ...deployer, namespace: 'payments' }, { kind: 'User', name: 'deployer' } as const])(
  'one of the same name elsewhere is another: %j',
  (subject) => {
    expect(checkOnBehalfOf([deployer], question({ subject }))).toMatchObject({ result: 'fail' });
  },
);
