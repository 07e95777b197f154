import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROLE_BINDINGS } from '../../api/kubernetes.ts';
import { IDENTITY, letThrough, POLICIES, putBack } from '../test-admission.ts';
import { LARS, LENA, ReviewedWorld, SUE } from '../test-reviews.ts';
import { story, World } from '../test-world.ts';

let world: World;

beforeEach(async () => {
  world = await World.create();
});

afterEach(() => world.kill());

describe('what was made while nobody held it to the truth', () => {
  it('is refused for good: a request', async () => {
    await world.start();
    await world.remove(POLICIES, IDENTITY);
    await world.ask('forged');
    await putBack(world);
    await world.advance(60);
    expect(story(await world.request('forged'))).toEqual(['Requested', 'Denied AdmissionNotEnforced']);
    await world.ask('honest');
    await world.advance(1);
    expect(story(await world.request('honest')).at(-1)).toBe('Granted');
  });

  it('is refused for good where it was missing at the start already', async () => {
    await world.remove(POLICIES, IDENTITY);
    await world.start();
    await world.ask('forged');
    await world.advance(1);
    expect(story(await world.request('forged')).at(-1)).toBe('Denied AdmissionNotEnforced');
  });

  it('is refused for good where nothing but a dry run shows it', async () => {
    await world.start();
    await world.advance(50);
    world.dryRun = letThrough;
    await world.advance(11);
    await world.ask('forged');
    await world.advance(1);
    expect(story(await world.request('forged')).at(-1)).toBe('Denied AdmissionNotEnforced');
  });

  it('is refused even if the watch tells of it too late', async () => {
    await world.start();
    await world.advance(61);
    await world.ask('unnoticed', { startTime: '2026-12-01T09:02:00Z' });
    await world.advance(1);
    await world.remove(POLICIES, IDENTITY);
    await world.advance(1);
    expect(story(await world.request('unnoticed')).at(-1)).toBe('Denied AdmissionNotEnforced');
  });

  it('is refused for good: a request with such a review, however honest itself', async () => {
    const reviewed = await ReviewedWorld.create();
    world = reviewed.world;
    await reviewed.asked();
    await reviewed.review(LENA);
    await world.advance(120);
    await world.remove(POLICIES, IDENTITY);
    await reviewed.review(SUE);
    await putBack(world);
    await world.advance(60);
    expect(story(await world.request('one')).at(-1)).toBe('Denied AdmissionNotEnforced');
    expect(await world.all(ROLE_BINDINGS)).toEqual([]);
  });

  it('is not what was made long before', async () => {
    const reviewed = await ReviewedWorld.create();
    world = reviewed.world;
    await reviewed.asked();
    await reviewed.review(LENA);
    await world.advance(120);
    await world.remove(POLICIES, IDENTITY);
    await putBack(world);
    await world.advance(10);
    await reviewed.review(SUE);
    expect(await reviewed.phase()).toBe('Active');
  });

  it('is refused for good where it was made, and all put back, while the operator was down', async () => {
    await world.start();
    await world.advance(120);
    await world.kill();
    await world.remove(POLICIES, IDENTITY);
    await world.ask('forged');
    await putBack(world);
    await world.clock.advance(600_000);
    await world.start();
    await world.ask('honest');
    await world.advance(1);
    expect(story(await world.request('forged')).at(-1)).toBe('Denied AdmissionNotEnforced');
    expect(story(await world.request('honest')).at(-1)).toBe('Granted');
  });

  it('is refused for good where it was made while the operator was down, and nothing was put back', async () => {
    await world.start();
    await world.advance(120);
    await world.kill();
    await world.remove(POLICIES, IDENTITY);
    await world.ask('forged');
    await world.start();
    await putBack(world);
    await world.advance(60);
    expect(story(await world.request('forged')).at(-1)).toBe('Denied AdmissionNotEnforced');
  });

  it('is not what was made while the operator was down, and nothing was changed', async () => {
    await world.start();
    await world.advance(120);
    await world.kill();
    await world.ask('honest');
    await world.start();
    await world.advance(1);
    expect(story(await world.request('honest')).at(-1)).toBe('Granted');
  });

  it('is not what was made long before the last proof of an operator that has gone since', async () => {
    await world.start();
    await world.ask('early', { startTime: '2026-12-01T09:20:00Z' });
    await world.advance(180);
    await world.kill();
    await world.remove(POLICIES, IDENTITY);
    await putBack(world);
    await world.start();
    await world.advance(1);
    expect(story(await world.request('early')).at(-1)).toBe('Approved Automatic');
  });

  it('keeps no grant alive', async () => {
    const reviewed = await ReviewedWorld.create();
    world = reviewed.world;
    await reviewed.granted();
    await world.advance(120);
    await world.remove(POLICIES, IDENTITY);
    await reviewed.review(LARS);
    const required = [{ reviewers: [{ kind: 'Group', name: 'payments-leads' }], count: 2 }];
    await reviewed.changePolicy({ approval: { required } });
    await world.advance(31);
    expect(story(await world.request('one')).at(-1)).toBe('Revoked PolicyChanged');
  });

  it('ends a grant all the same', async () => {
    const reviewed = await ReviewedWorld.create();
    world = reviewed.world;
    await reviewed.granted();
    await world.remove(POLICIES, IDENTITY);
    await reviewed.review(LARS, 'Revoke');
    expect(story(await world.request('one')).at(-1)).toBe('Revoked RevokedByReviewer');
  });
});
