import { beforeEach, describe, expect, it } from 'vitest';
import { ACCESS_REVIEWS } from '../api/access-review.ts';
import { EVENTS } from '../api/kubernetes.ts';
import { ApiError } from '../runtime/errors.ts';
import { holdToQuiet } from './test-quiet.ts';
import { LARS, LENA, ReviewedWorld, SUE, TWO_STAGES } from './test-reviews.ts';
import type { World } from './test-world.ts';

/** As often as it takes to fill a history by approving and taking it back. */
const OFTEN = 34;

let reviewed: ReviewedWorld;
let world: World;

beforeEach(async () => {
  reviewed = await ReviewedWorld.create();
  ({ world } = reviewed);
  const [leads, security] = TWO_STAGES.approval.required;
  await reviewed.changePolicy({ approval: { required: [{ ...leads, count: 2 }, security] } });
});

/** Approves, and takes it back, over and over. */
async function churn(times: number): Promise<void> {
  for (let time = 0; time < times; time++) {
    const name = await reviewed.review(LENA);
    await world.remove(ACCESS_REVIEWS.resource, `payments/${name}`);
    await world.advance(1);
  }
}

async function history() {
  return (await world.request('one'))?.status.history ?? [];
}

/** The sequence numbers of all entries that became Events, in order. */
async function delivered(): Promise<number[]> {
  const events = (await world.all(EVENTS)).map(({ metadata }) => Number(metadata.name?.split('.').at(-1)));
  return events.toSorted((a, b) => a - b);
}

function upTo(last: number | undefined): number[] {
  return Array.from({ length: last ?? 0 }, (_, index) => index + 1);
}

describe('a reviewer who approves and takes it back for ever', () => {
  holdToQuiet(() => world);

  it('pushes out what they did, and nothing of others (P5)', async () => {
    await reviewed.asked();
    await reviewed.review(SUE);
    await churn(OFTEN);
    await reviewed.review(LENA);
    await reviewed.review(LARS);
    const entries = await history();
    expect(entries).toHaveLength(64);
    expect(entries.filter(({ actor }) => actor !== 'lena').map(({ type, actor }) => `${type} ${actor}`)).toEqual([
      'Requested alice',
      'Reviewed sue',
      'Reviewed lars',
      'Approved daypass-operator',
      'Granted daypass-operator',
    ]);
    expect(await delivered()).toEqual(upTo(entries.at(-1)?.sequence));
  });
});

it('nothing goes from a history before it is delivered, though the operator dies meanwhile (P5)', async () => {
  const { client } = world;
  const create = client.create.bind(client);
  client.create = (resource, ...rest) =>
    resource === EVENTS ? Promise.reject(new ApiError('Unavailable', 'no Events')) : create(resource, ...rest);
  await reviewed.asked();
  await churn(OFTEN);
  const entries = await history();
  expect(entries.map(({ sequence }) => sequence)).toEqual(upTo(entries.length));
  await world.kill();
  client.create = create;
  await world.start();
  for (const who of [LARS, LENA, SUE]) await reviewed.review(who);
  await world.advance(30);
  expect(await reviewed.phase()).toBe('Active');
  expect(await delivered()).toEqual(upTo((await history()).at(-1)?.sequence));
});
