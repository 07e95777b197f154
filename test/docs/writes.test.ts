import { expect, it } from 'vitest';
import { ACCESS_POLICIES } from '../../src/api/access-policy.ts';
import { CLUSTER_ROLES } from '../../src/api/kubernetes.ts';
import { GRANTABLE_ROLE } from '../../src/api/names.ts';
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
  expect(reviewed.phase).toBe('Expired');
  expect(listedUnder('What reviews add')).toEqual(added(world));
});

it('docs/architecture.md lists what permissions add to them', async () => {
  const world = await World.create();
  const permissions = [{ apiGroups: [''], resources: ['pods/log'], verbs: ['get'] }];
  await world.client.patch(ACCESS_POLICIES.resource, { name: 'debug' }, { spec: { permissions } });
  await world.client.patch(CLUSTER_ROLES, { name: GRANTABLE_ROLE }, { rules: permissions });
  await world.ask('one', { roleRef: undefined, permissions });
  await world.start();
  await world.advance(LIFETIME);
  await world.kill();
  expect(listedUnder('What permissions add')).toEqual(added(world));
});

it('docs/architecture.md lists what an emergency adds to them', async () => {
  const reviewed = await ReviewedWorld.create();
  await reviewed.changePolicy({ emergency: { maxDuration: '10m', reviewWithin: '1h' } });
  await reviewed.asked({ duration: '10s', emergency: true, reason: 'INC-4711' });
  await reviewed.review(LENA);
  await reviewed.world.advance(LIFETIME);
  await reviewed.world.kill();
  expect(await reviewed.phase()).toBe('Expired');
  // Which of several equal writes is the one that was added nobody can tell.
  expect(listedUnder('What an emergency adds').toSorted()).toEqual(added(reviewed.world).toSorted());
});

/** The writes that the plain lifecycle does not have. */
function added(world: World): string[] {
  const writes = ordered(world);
  for (const write of listedUnder('The writes of one lifecycle')) {
    const index = writes.lastIndexOf(write);
    if (index === -1) throw new Error(`this lifecycle lacks ${write}`);
    writes.splice(index, 1);
  }
  return writes;
}

async function lifecycleWithReviews(): Promise<{ world: World; phase: string | undefined }> {
  const reviewed = await ReviewedWorld.create();
  await reviewed.asked({ duration: '10s' });
  await reviewed.review(LENA);
  await reviewed.review(SUE);
  await reviewed.world.advance(LIFETIME);
  await reviewed.world.kill();
  return { world: reviewed.world, phase: await reviewed.phase() };
}
