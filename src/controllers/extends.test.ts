import { beforeEach, describe, expect, it } from 'vitest';
import { settle } from '../runtime/test-clock.ts';
import { holdToQuiet } from './test-quiet.ts';
import { ReviewedWorld } from './test-reviews.ts';
import { story, type World } from './test-world.ts';

let reviewed: ReviewedWorld;
let world: World;

beforeEach(async () => {
  reviewed = await ReviewedWorld.create();
  ({ world } = reviewed);
});

holdToQuiet(() => world);

async function storyOf(name: string): Promise<string[]> {
  return story(await world.request(name));
}

describe('a request that extends another', () => {
  async function extend(change: object = {}): Promise<void> {
    const { metadata } = (await world.request('one')) ?? {};
    await world.ask('more', { duration: '2m', extends: { name: 'one', uid: metadata?.uid }, ...change });
    await world.advance(1);
  }

  beforeEach(async () => {
    await reviewed.changePolicy({ approval: { required: null, automatic: true } });
    await reviewed.asked({ duration: '20s' });
  });

  it('takes over from it without a gap', async () => {
    const { metadata } = (await world.request('one')) ?? {};
    await world.ask('more', { duration: '2m', extends: { name: 'one', uid: metadata?.uid } });
    for (let tick = 0; tick < 100; tick++) {
      expect(await reviewed.bindings()).toBeGreaterThan(0);
      await settle();
    }
    await world.advance(1);
    expect((await storyOf('one')).at(-1)).toBe('Expired Extended');
    expect(await reviewed.bindings()).toBe(1);
    await world.advance(100);
    expect((await world.request('more'))?.status.phase).toBe('Active');
    await world.advance(30);
    expect(await storyOf('more')).toEqual(['Requested', 'Approved Automatic', 'Granted', 'Expired']);
  });

  it.each<[string, object]>([
    ["somebody else's", { requester: { username: 'bob' } }],
    ['one of that name, but another', { extends: { name: 'one', uid: 'another' } }],
    ['for another role', { roleRef: { kind: 'ClusterRole', name: 'other' } }],
  ])('is denied if it names %s', async (_what, change) => {
    await extend(change);
    expect(await storyOf('more')).toEqual(['Requested', 'Denied NothingToExtend']);
    expect(await reviewed.phase()).toBe('Active');
  });

  it('is denied when there is nothing left to extend', async () => {
    await world.advance(25);
    await extend();
    expect(await storyOf('more')).toEqual(['Requested', 'Denied NothingToExtend']);
  });

  it('does not shorten what it could not take over', async () => {
    await extend({ duration: '2h' });
    expect(await storyOf('more')).toEqual(['Requested', 'Denied NoPolicyPermits']);
    expect(await reviewed.phase()).toBe('Active');
  });
});
