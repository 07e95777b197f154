import { expect, it } from 'vitest';
import { z } from 'zod';
import { FENCED_GROUPS, READ_ONLY_GROUP } from '../rbac/fenced.ts';
import { READS } from '../rbac/risky-rights.ts';
import { SHIPPED } from './shipped.ts';

const Spec = z.looseObject({ validations: z.array(z.looseObject({ expression: z.string() })) });

/** The one list of words in the validation of `daypass-fence-roles` that names this. */
function listBeside(word: string): unknown {
  const fence = SHIPPED.find(
    ({ kind, name }) => kind === 'ValidatingAdmissionPolicy' && name === 'daypass-fence-roles',
  );
  const [found = ''] = Spec.parse(fence?.spec)
    .validations.map(({ expression }) => expression)
    .filter((expression) => expression.includes(JSON.stringify(word)));
  return JSON.parse(/\[".*?"\]/.exec(found)?.[0] ?? 'null');
}

it('what is told beforehand of the fence around Roles is what it says', () => {
  expect(listBeside('daypass.dev')).toEqual(FENCED_GROUPS);
  expect(listBeside(READ_ONLY_GROUP)).toEqual(READS);
});
