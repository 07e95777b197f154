import { beforeEach, describe, expect, it } from 'vitest';
import { ACCESS_REQUESTS } from '../api/access-request.ts';
import { fromSeconds } from '../api/duration.ts';
import { EVENTS } from '../api/kubernetes.ts';
import { turnOf } from './access-request/steps/retire.ts';
import { LENA, ReviewedWorld, SUE } from './test-reviews.ts';
import { ApiError } from '../runtime/errors.ts';
import { testRandom } from '../runtime/test-random.ts';
import { World } from './test-world.ts';

/** How long what has ended is kept here, in seconds. */
const KEPT = 1000;
/** How many requests end here in one moment, and in how many seconds they may all be gone: five a second, in a power of two. */
const MANY = 100;
const ROUND = 32;
/** More than this of a hundred in one second would be no chance any more: five are meant to be. */
const BURST = 16;

let world: World;

beforeEach(async () => {
  world = await World.create();
  world.retention = fromSeconds(KEPT);
});

async function left(): Promise<number> {
  return (await world.all(ACCESS_REQUESTS.resource)).length;
}

/** A request that is denied at once, and so has ended. */
async function denied(count: number): Promise<void> {
  for (let n = 0; n < count; n++) await world.ask(`one-${n}`, { roleRef: { kind: 'ClusterRole', name: 'other' } });
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
    await world.advance(1 + 10);
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
    await denied(MANY);
    await world.advance(KEPT - 1);
    expect(await left()).toBe(MANY);
    const counts = await deletions(1 + ROUND);
    expect(await left()).toBe(0);
    expect(Math.max(...counts)).toBeLessThan(BURST);
  });

  it.each([
    ['the operator was away for long', () => world.clock.advance(2000 * KEPT)],
    ['requests are to be kept for less', async () => void (world.retention = fromSeconds(1))],
  ])('does not go together with all others that are overdue because %s', async (_, happens) => {
    await world.start();
    await denied(MANY);
    await world.advance(2);
    await world.kill();
    await happens();
    expect(await left()).toBe(MANY);
    await world.start();
    expect(await left()).toBeGreaterThan(MANY - BURST);
    const counts = await deletions(ROUND);
    expect(await left()).toBe(0);
    expect(Math.max(...counts)).toBeLessThan(BURST);
  });

  it('does not go sooner because the operator starts again and again', async () => {
    await world.start();
    await denied(MANY);
    await world.kill();
    await world.clock.advance(2000 * KEPT);
    for (let second = 0; second < 5; second++) {
      await world.start();
      await world.advance(1);
      await world.kill();
    }
    expect(MANY - (await left())).toBeGreaterThan(0);
    expect(MANY - (await left())).toBeLessThan(3 * BURST);
  });
});

/** From now on no Event can be written. */
function fail({ client }: World): void {
  client.before = ({ verb, resource }) =>
    verb === 'create' && resource === EVENTS ? new ApiError('Unavailable', 'no Events') : undefined;
}

describe('while no Event can be written, an ended request', () => {
  beforeEach(async () => {
    fail(world);
    await world.start();
    await world.ask('denied', { roleRef: { kind: 'ClusterRole', name: 'other' } });
    await world.advance(KEPT + 10);
  });

  it('is kept, though the operator dies meanwhile, and goes when all is told (P5)', async () => {
    expect(await left()).toBe(1);
    await world.kill();
    world.client.before = undefined;
    await world.start();
    await world.advance(10);
    expect((await world.all(EVENTS)).map(({ reason }) => reason)).toEqual(['Requested', 'Denied']);
    expect(await left()).toBe(0);
  });

  it('goes as soon as all is told, without a start', async () => {
    world.client.before = undefined;
    await world.advance(31);
    expect(await world.all(EVENTS)).toHaveLength(2);
    expect(await left()).toBe(0);
  });

  it('is kept for an hour longer, and no more', async () => {
    await world.advance(3600 - 11);
    expect(await left()).toBe(1);
    await world.advance(2);
    expect(await left()).toBe(0);
  });
});

describe('the turns of 50,000', () => {
  const random = testRandom();
  const uids = Array.from({ length: 50_000 }, () =>
    Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0'),
  );
  const now = new Date('2026-12-01T09:00:00.500Z');

  it('are five a second at the most, by and large, and none is in vain', () => {
    const counts = new Map<number, number>();
    for (const uid of uids) {
      const turn = turnOf(uid, uids.length, now).getTime();
      counts.set(turn, (counts.get(turn) ?? 0) + 1);
    }
    expect(uids.length / (Math.max(...counts.keys()) - Math.min(...counts.keys()))).toBeLessThan(5 / 1000);
    expect(Math.max(...counts.values())).toBeLessThan(BURST);
    expect(Math.min(...counts.keys())).toBe(Date.parse('2026-12-01T09:00:00Z'));
    expect(Math.max(...counts.keys())).toBeLessThan(now.getTime() + 16_384_000);
  });

  it('stay when fewer are left', () => {
    for (const uid of uids.slice(0, 1000)) {
      const turn = turnOf(uid, uids.length, now);
      expect(turnOf(uid, 20_000, turn)).toEqual(turn);
      expect(turnOf(uid, 1, turn)).toEqual(turn);
    }
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

/** A world in which somebody has asked in an emergency. */
async function emergency(): Promise<ReviewedWorld> {
  const reviewed = await ReviewedWorld.create();
  ({ world } = reviewed);
  world.retention = fromSeconds(KEPT);
  await reviewed.changePolicy({ emergency: { maxDuration: '10m', reviewWithin: '2m' } });
  await reviewed.asked({ emergency: true, reason: 'INC-4711', duration: '30s' });
  return reviewed;
}

it('an emergency is kept until somebody has looked', async () => {
  const reviewed = await emergency();
  await world.advance(3 * KEPT);
  expect(await left()).toBe(1);
  await reviewed.review(LENA);
  await world.advance(1);
  expect(await left()).toBe(0);
});

it('what somebody has found long after its end is told, though the operator dies before it can be (P5)', async () => {
  const reviewed = await emergency();
  await world.advance(KEPT + 2 * 3600);
  fail(world);
  await reviewed.review(LENA);
  await world.advance(3500);
  expect(await left()).toBe(1);
  await world.kill();
  world.client.before = undefined;
  await world.start();
  await world.advance(10);
  expect((await world.all(EVENTS)).map(({ reason }) => reason)).toContain('AfterReviewed');
  expect(await left()).toBe(0);
});
