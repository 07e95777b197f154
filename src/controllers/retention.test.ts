import { beforeEach, describe, expect, it } from 'vitest';
import { ACCESS_REQUESTS } from '../api/access-request.ts';
import { fromSeconds } from '../api/duration.ts';
import { LENA, ReviewedWorld, SUE } from './test-reviews.ts';
import { World } from './test-world.ts';

/** How long what has ended is kept here, in seconds; the last goes one percent later. */
const KEPT = 1000;

let world: World;

beforeEach(async () => {
  world = await World.create();
  world.retention = fromSeconds(KEPT);
});

async function left(): Promise<number> {
  return (await world.all(ACCESS_REQUESTS.resource)).length;
}

/** Lets so many seconds pass, and counts how many deletions of requests came in each. */
async function deletions(seconds: number): Promise<number[]> {
  const counts: number[] = [];
  for (let second = 0; second < seconds; second++) {
    const before = await left();
    await world.advance(1);
    counts.push(before - (await left()));
  }
  return counts;
}

describe('an ended request', () => {
  it('is kept for the retention time, and not much longer', async () => {
    await world.start();
    await world.ask('granted');
    await world.ask('denied', { roleRef: { kind: 'ClusterRole', name: 'other' } });
    await world.advance(10);
    expect((await world.request('granted'))?.status.phase).toBe('Expired');
    await world.advance(KEPT - 11);
    expect(await left()).toBe(2);
    await world.advance(1 + 10 + KEPT / 100);
    expect(await left()).toBe(0);
  });

  it('goes when the operator comes back, if that was longer ago', async () => {
    await world.granted('one');
    await world.advance(20);
    await world.kill();
    await world.advance(2 * KEPT);
    expect(await left()).toBe(1);
    await world.start();
    await world.advance(1);
    expect(await left()).toBe(0);
  });

  it('does not go together with all that ended in the same moment', async () => {
    await world.start();
    for (let n = 0; n < 100; n++) await world.ask(`one-${n}`, { roleRef: { kind: 'ClusterRole', name: 'other' } });
    await world.advance(KEPT - 1);
    expect(await left()).toBe(100);
    const counts = await deletions(2 + KEPT / 100);
    expect(await left()).toBe(0);
    expect(Math.max(...counts)).toBeLessThan(40);
  });
});

it('what is active or waits is kept, however old it is', async () => {
  const reviewed = await ReviewedWorld.create();
  ({ world } = reviewed);
  world.retention = fromSeconds(KEPT);
  await reviewed.asked({ duration: '1h' });
  await world.advance(2 * KEPT);
  expect(await left()).toBe(1);
  await reviewed.review(LENA);
  await reviewed.review(SUE);
  await world.advance(2 * KEPT);
  expect(await reviewed.phase()).toBe('Active');
});

it('an emergency is kept until somebody has looked', async () => {
  const reviewed = await ReviewedWorld.create();
  ({ world } = reviewed);
  world.retention = fromSeconds(KEPT);
  await reviewed.changePolicy({ emergency: { maxDuration: '10m', reviewWithin: '2m' } });
  await reviewed.asked({ emergency: true, reason: 'INC-4711', duration: '30s' });
  await world.advance(3 * KEPT);
  expect(await left()).toBe(1);
  await reviewed.review(LENA);
  await world.advance(1);
  expect(await left()).toBe(0);
});
