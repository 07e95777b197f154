import { beforeEach, describe, expect, it } from 'vitest';
import { holdToQuiet } from './test-quiet.ts';
import { World } from './test-world.ts';

const MANY = 80;
const MALLORY = { requester: { username: 'mallory' } };
const FORBIDDEN = { ...MALLORY, roleRef: { kind: 'ClusterRole', name: 'other' } };

let world: World;

beforeEach(async () => {
  world = await World.create();
  await world.putPolicy('all', {
    requesters: [
      { kind: 'User', name: 'alice' },
      { kind: 'User', name: 'mallory' },
    ],
  });
});

holdToQuiet(() => world);

/** How many writes there had been when alice's request became Active. */
async function writesBefore(): Promise<number> {
  world.client.calls.length = 0;
  await world.start();
  await world.advance(1);
  expect((await world.request('alice'))?.status.phase).toBe('Active');
  const writes = world.client.calls.filter(({ verb, dryRun }) => !dryRun && /^(create|patch|delete)/.test(verb));
  return writes.findIndex(
    ({ name, body }) => name?.name === 'alice' && JSON.stringify(body).includes('"phase":"Active"'),
  );
}

describe('when one person asks hundreds of times', () => {
  it.each([
    ['granted', MALLORY],
    ['denied', FORBIDDEN],
  ])('and is %s, whoever asks after that is decided on, and has access, as if there were few', async (_what, spec) => {
    for (let n = 0; n < MANY; n++) await world.ask(`flood-${n}`, spec);
    await world.ask('alice');
    const before = await writesBefore();
    expect(before).toBeGreaterThan(0);
    // One after the other it would be two writes for each, or more.
    expect(before).toBeLessThan(MANY);
  });
});
