import { expect, it } from 'vitest';
import { World } from '../../src/controllers/test-world.ts';
import { rowsOf } from './page.ts';

/** Long enough for a grant of 10 s, its end and its record. */
const LIFETIME = 21;

it('docs/architecture.md lists the writes of one lifecycle, all and in their order', async () => {
  const world = await World.create();
  await world.ask('one');
  await world.start();
  await world.advance(LIFETIME);
  await world.kill();
  const writes = world.writes.filter((write) => !/AccessPolicy|ConfigMap/.test(write));
  const isEvent = (write: string) => write === 'create Event';

  const listed = rowsOf('docs/architecture.md', 'The writes of one lifecycle').map(([, write = '']) => write);
  expect(listed).toEqual([...writes.filter((write) => !isEvent(write)), ...writes.filter(isEvent)]);
});
