import { beforeEach, describe, expect, it } from 'vitest';
import { ADMISSION_RESOURCES } from '../api/kubernetes.ts';
import { IDENTITY } from './test-admission.ts';
import { LENA, ReviewedWorld } from './test-reviews.ts';
import { World } from './test-world.ts';

let world: World;

beforeEach(async () => {
  world = await World.create();
});

/** The value of a series, by its name with labels. */
async function value(series: string): Promise<number> {
  const lines = (await world.metrics()).split('\n');
  return Number(lines.find((line) => line.startsWith(`${series} `))?.slice(series.length + 1));
}

describe('what is measured of a grant', () => {
  it('is there while it is active, and how fast it came and went', async () => {
    await world.start();
    expect(await value('daypass_request_steps_total{type="Granted"}')).toBe(0);
    await world.ask('one');
    await world.advance(1);
    expect(await value('daypass_grants_active')).toBe(1);
    expect(await value('daypass_requests_open')).toBe(1);
    expect(await value('daypass_grants_overdue')).toBe(0);
    expect(await value('daypass_grant_duration_seconds_count')).toBe(1);
    expect(await value('daypass_request_steps_total{type="Granted"}')).toBe(1);
    await world.advance(10);
    expect(await value('daypass_grants_active')).toBe(0);
    expect(await value('daypass_requests_open')).toBe(0);
    expect(await value('daypass_revocation_lag_seconds_count')).toBe(1);
    expect(await value('daypass_revocation_lag_seconds_bucket{le="1"}')).toBe(1);
    expect(await value('daypass_request_steps_total{type="Expired"}')).toBe(1);
  });

  it('counts no lag for what goes before its end', async () => {
    await world.start();
    await world.ask('one');
    await world.advance(1);
    await world.putDeny('no');
    await world.advance(1);
    expect(await value('daypass_grants_active')).toBe(0);
    expect(await value('daypass_revocation_lag_seconds_count')).toBe(0);
    expect(await value('daypass_request_steps_total{type="Revoked"}')).toBe(1);
  });

  it('times no request that waits for its start, and counts none again at another start', async () => {
    await world.start();
    await world.ask('later', { startTime: '2026-12-01T09:00:05Z' });
    await world.advance(10);
    expect(await value('daypass_grants_active')).toBe(1);
    expect(await value('daypass_grant_duration_seconds_count')).toBe(0);
    await world.kill();
    await world.start();
    await world.advance(1);
    expect(await value('daypass_grants_active')).toBe(1);
    expect(await value('daypass_request_steps_total{type="Granted"}')).toBe(0);
  });
});

it('counts emergencies, and how many nobody has looked at', async () => {
  const reviewed = await ReviewedWorld.create();
  ({ world } = reviewed);
  await reviewed.changePolicy({ emergency: { maxDuration: '10m', reviewWithin: '2m' } });
  await world.start();
  await world.ask('one', { emergency: true, reason: 'INC-4711', duration: '30s' });
  await world.advance(1);
  expect(await value('daypass_request_steps_total{type="EmergencyGranted"}')).toBe(1);
  expect(await value('daypass_emergencies_unreviewed')).toBe(1);
  await reviewed.review(LENA);
  expect(await value('daypass_emergencies_unreviewed')).toBe(0);
});

it('shows why nothing is granted', async () => {
  await world.start();
  await world.advance(1);
  expect(await value('daypass_granting_blocked{reason="AdmissionNotEnforced"}')).toBe(0);
  const policies = ADMISSION_RESOURCES.ValidatingAdmissionPolicy;
  const { metadata } = await world.client.get(policies, { name: IDENTITY });
  await world.client.delete(policies, { name: IDENTITY }, { uid: metadata.uid ?? '' });
  await world.advance(1);
  expect(await value('daypass_granting_blocked{reason="AdmissionNotEnforced"}')).toBe(1);
  expect(await value('daypass_granting_blocked{reason="FuseUnavailable"}')).toBe(0);
});

it('shows the work of every controller', async () => {
  await world.start();
  await world.ask('one');
  await world.advance(5);
  const depths = [...(await world.metrics()).matchAll(/^daypass_queue_depth{controller="([a-z-]+)",lane="low"}/gm)];
  const controllers = new Set(depths.map(([, name]) => name));
  const all = [
    'access-policy',
    'access-request',
    'access-review',
    'admission-guard',
    'checkpoint',
    'delivery',
    'fuse-canary',
    'managed',
    'overdue',
    'review-weighing',
  ];
  expect(controllers).toEqual(new Set(all));
  expect(
    await value('daypass_reconcile_duration_seconds_count{controller="access-request",outcome="written"}'),
  ).toBeGreaterThan(0);
  expect(await value('daypass_queue_wait_seconds_count{controller="delivery",lane="low"}')).toBeGreaterThan(0);
});

it('names nobody, no request and no namespace', async () => {
  await world.start();
  await world.ask('secret-errand', { reason: 'INC-4711' });
  await world.advance(20);
  expect(await world.metrics()).not.toMatch(/alice|secret-errand|payments|INC-4711|logs/);
});
