import { describe, expect, it } from 'vitest';
import { ACCESS_POLICIES } from '../../api/access-policy.ts';
import { JOBS, ROLE_BINDINGS } from '../../api/kubernetes.ts';
import { OPERATOR_NAMESPACE } from '../../api/names.ts';
import { World } from '../test-world.ts';

/** The operator has no word of a canary that burned before. */
async function startUnproven(kubernetes: boolean): Promise<World> {
  const world = await World.create();
  world.kubernetes = kubernetes;
  await world.ask('one', { duration: '5m' });
  await world.start({ proven: false });
  return world;
}

async function phaseOf(world: World): Promise<string | undefined> {
  return (await world.request('one'))?.status.phase;
}

async function readiness(world: World): Promise<unknown> {
  const [policy] = await world.all(ACCESS_POLICIES.resource);
  return policy?.['status'];
}

describe('the canary', () => {
  it('holds grants back until it has burned, and the operator does not help it', async () => {
    const world = await startUnproven(true);
    expect(await phaseOf(world)).toBe('Approved');
    expect(await readiness(world)).toMatchObject({ conditions: [{ status: 'False', reason: 'FuseUnavailable' }] });
    await world.advance(5);
    expect(await phaseOf(world)).toBe('Active');
    expect(await readiness(world)).toMatchObject({ conditions: [{ status: 'True', reason: 'Ready' }] });
  });

  it('keeps grants back, with the reason on show, where Kubernetes does not burn it', async () => {
    const world = await startUnproven(false);
    await world.advance(120);
    expect(await world.all(JOBS, OPERATOR_NAMESPACE)).toHaveLength(2);
    expect(await phaseOf(world)).toBe('Approved');
    await world.advance(240);
    expect(await phaseOf(world)).toBe('Approved');
    expect(await world.all(ROLE_BINDINGS)).toEqual([]);
    expect(world.log.at('error')).toContain('a test fuse did not burn: nothing is granted until one does');
    world.kubernetes = true;
    await world.advance(70);
    expect(await phaseOf(world)).toBe('Active');
  });

  it('stops grants when a fuse of a real one stays unarmed for five minutes', async () => {
    const world = await World.create();
    world.kubernetes = false;
    await world.ask('one', { duration: '1h' });
    await world.start();
    await world.advance(1);
    expect(await phaseOf(world)).toBe('Active');
    await world.advance(310);
    await world.ask('two');
    await world.settle();
    expect((await world.request('two'))?.status.conditions).toContainEqual(
      expect.objectContaining({ type: 'Active', reason: 'FuseUnavailable' }),
    );
    await world.advance(60);
    expect(await readiness(world)).toMatchObject({ conditions: [{ status: 'False', reason: 'FuseUnavailable' }] });
  });
});
