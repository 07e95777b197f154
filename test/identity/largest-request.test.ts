import { beforeAll, expect, it } from 'vitest';
import type { Caller } from './caller.ts';
import { ask } from './grant.ts';
import { newStage, person, type Stage } from './stage.ts';

const POD = { apiGroups: [''], resources: ['pods'], verbs: ['get'] };
/** 16 names of 63 characters, of four bytes each: 4032. */
const NAMES = Array.from({ length: 16 }, () => '\u{1f525}'.repeat(63));

let stage: Stage;
let requester: Caller;

beforeAll(async () => {
  stage = await newStage();
  requester = await person(stage, 'daypass-requester');
});

function askFor(...permissions: readonly object[]) {
  return ask(requester, stage, { spec: { roleRef: undefined, permissions } });
}

it('may have permissions of 4096 bytes', async () => {
  const rest = { ...POD, resourceNames: ['x'.repeat(4096 - 4032 - 2 * 'podsget'.length)] };
  expect(await askFor({ ...POD, resourceNames: NAMES }, rest)).toMatchObject({ code: 201 });
});

it('may not have one byte more', async () => {
  const rest = { ...POD, resourceNames: ['x'.repeat(4097 - 4032 - 2 * 'podsget'.length)] };
  expect(await askFor({ ...POD, resourceNames: NAMES }, rest)).toMatchObject({
    code: 422,
    body: {
      message: containing(
        'spec.permissions: Invalid value:',
        'all texts of permissions together may have at most 4096 bytes; ask for less, or for a role',
      ),
    },
  });
});

it.each([
  ['apiGroups', 253],
  ['resources', 128],
  ['verbs', 63],
])('may not have %s of more than %i characters', async (list, most) => {
  expect(await askFor({ ...POD, [list]: ['x'.repeat(most)] })).toMatchObject({ code: 201 });
  expect(await askFor({ ...POD, [list]: ['x'.repeat(most + 1)] })).toMatchObject({
    code: 422,
    body: { message: containing(`spec.permissions[0].${list}[0]: Too long: may not be more than ${most}`) },
  });
});

function containing(...texts: readonly string[]): unknown {
  const escaped = texts.map((text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return expect.stringMatching(new RegExp(escaped.join('[^]*')));
}
