import { expect, it } from 'vitest';
import { Permission, PermissionCeiling, Permissions } from './permission.ts';

const POD = { apiGroups: ['', 'apps'], resources: ['pods'], verbs: ['get'] };
const NAMES = Array.from({ length: 16 }, () => 'x'.repeat(253));

it.each([
  ['apiGroups', 253],
  ['resources', 128],
  ['verbs', 63],
] as const)('%s have at most %i characters, in requests and in policies', (list, most) => {
  for (const schema of [Permission, PermissionCeiling]) {
    expect(schema.safeParse({ ...POD, [list]: ['x'.repeat(most)] }).success).toBe(true);
    const { error } = schema.safeParse({ ...POD, [list]: ['x'.repeat(most + 1)] });
    expect(error?.issues).toMatchObject([
      { path: [list, 0], message: expect.stringContaining(`<=${most}`) as unknown },
    ]);
  }
});

it('all texts of a request have at most 4096 bytes together', () => {
  const most = [
    { ...POD, resourceNames: NAMES },
    { ...POD, resourceNames: ['x'.repeat(4096 - 16 * 253 - 2 * 11)] },
  ];
  expect(Permissions.safeParse(most).success).toBe(true);
  const more = [...most, POD];
  expect(Permissions.safeParse(more).error?.issues).toMatchObject([
    { path: [], message: 'all texts together have 4107 bytes; at most 4096 are allowed' },
  ]);
});

it('bytes are those of UTF-8, whatever the script', () => {
  const names = (name: string) => [{ ...POD, resourceNames: Array.from({ length: 16 }, () => name) }];
  expect(Permissions.safeParse(names('x'.repeat(250))).success).toBe(true);
  expect(Permissions.safeParse(names('\u{1f525}'.repeat(63))).success).toBe(true);
  expect(Permissions.safeParse(names('\u{1f525}'.repeat(64))).success).toBe(false);
});
