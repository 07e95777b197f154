import { expect, it } from 'vitest';
import { LENA, ReviewedWorld, SUE } from '../../src/controllers/test-reviews.ts';
import { World } from '../../src/controllers/test-world.ts';
import { rowsOf } from './page.ts';

/** Long enough for a grant of 10 s, its end and its record. */
const LIFETIME = 21;

/** What the table under this heading of docs/architecture.md lists. */
function listedUnder(section: string): string[] {
  return rowsOf('docs/architecture.md', section).map(([, write = '']) => write);
}

/** The writes that concern the request, Events last: they run beside the others. */
function ordered({ writes }: World): string[] {
  const isEvent = (write: string) => write === 'create Event';
  const ofRequest = writes.filter((write) => !/AccessPolicy|ConfigMap/.test(write));
  return [...ofRequest.filter((write) => !isEvent(write)), ...ofRequest.filter(isEvent)];
}

it('docs/architecture.md lists the writes of one lifecycle, all and in their order', async () => {
  const world = await World.create();
  await world.ask('one');
  await world.start();
  await world.advance(LIFETIME);
  await world.kill();
  expect(listedUnder('The writes of one lifecycle')).toEqual(ordered(world));
});

it('docs/architecture.md lists what two reviews add to them', async () => {
  const { world, ...reviewed } = await lifecycleWithReviews();
  const without = listedUnder('The writes of one lifecycle');
  const writes = ordered(world);
  for (const write of without) writes.splice(writes.lastIndexOf(write), 1);
  expect(reviewed.phase).toBe('Expired');
  expect(listedUnder('What reviews add')).toEqual(writes);
});

async function lifecycleWithReviews(): Promise<{ world: World; phase: string | undefined }> {
  const reviewed = await ReviewedWorld.create();
  await reviewed.asked({ duration: '10s' });
  await reviewed.review(LENA);
  await reviewed.review(SUE);
  await reviewed.world.advance(LIFETIME);
  await reviewed.world.kill();
  return { world: reviewed.world, phase: await reviewed.phase() };
}
