import { expect, it } from 'vitest';
import { question } from '../test-question.ts';
import { checkNamespaces } from './namespaces.ts';

const byTeam = { matchLabels: { team: 'payments' } };

it('finds a namespace that is named', () => {
  expect(checkNamespaces({ names: ['orders', 'payments'] }, question())).toEqual({ result: 'pass' });
});

it('finds a namespace that is selected', () => {
  expect(checkNamespaces({ selector: byTeam }, question())).toEqual({ result: 'pass' });
});

it('needs but one of the two', () => {
  expect(checkNamespaces({ names: ['orders'], selector: byTeam }, question())).toEqual({ result: 'pass' });
  expect(checkNamespaces({ names: ['payments'], selector: { matchLabels: { team: 'x' } } }, question())).toEqual({
    result: 'pass',
  });
});

it('does not take a label for a name, nor a part of a name for the whole', () => {
  expect(checkNamespaces({ names: ['pay', 'team'] }, question())).toMatchObject({ code: 'NamespaceNotListed' });
});

it('finds none where none is listed', () => {
  expect(checkNamespaces({}, question())).toMatchObject({ result: 'fail', wanted: [] });
});

it('tells what it wanted and what it got', () => {
  expect(checkNamespaces({ names: ['orders'], selector: { matchLabels: { team: 'x' } } }, question())).toEqual({
    result: 'fail',
    code: 'NamespaceNotListed',
    wanted: ['orders', '{"matchLabels":{"team":"x"}}'],
    got: 'payments',
  });
});
