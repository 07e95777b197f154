import { expect, it } from 'vitest';
import { ACCESS_REQUESTS } from '../../src/api/access-request.ts';
import { ROLE_BINDINGS } from '../../src/api/kubernetes.ts';
import { World } from '../../src/controllers/test-world.ts';

it('docs/access-request.md: asking twice gives two grants, and giving one back leaves the other', async () => {
  const world = await World.create();
  await world.granted('one');
  await world.ask('two');
  await world.advance(1);
  expect(await world.all(ROLE_BINDINGS)).toHaveLength(2);
  await world.remove(ACCESS_REQUESTS.resource, 'payments/one');
  await world.advance(1);
  expect(await world.all(ROLE_BINDINGS)).toHaveLength(1);
  expect((await world.request('two'))?.status.phase).toBe('Active');
  await world.kill();
});
