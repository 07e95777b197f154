import { beforeEach, describe, expect, it } from 'vitest';
import { ACCESS_POLICIES } from '../api/access-policy.ts';
import { JOBS, ROLE_BINDINGS } from '../api/kubernetes.ts';
import { nameOf } from '../runtime/object.ts';
import { World } from './test-world.ts';

/** After this many writes of a grant the binding exists, and nothing says Active yet. */
const BOUND = 6;

let world: World;

beforeEach(async () => {
  world = await World.create();
});

/** An operator that dies the moment it has given access, before that is on record. */
async function interrupted(spec: Record<string, unknown>): Promise<void> {
  await world.ask('one', spec);
  for (let crashAfter = 1; (await world.all(ROLE_BINDINGS)).length === 0; crashAfter++) {
    expect(crashAfter).toBeLessThan(BOUND * 2);
    world = await World.create();
    await world.ask('one', spec);
    await world.start({ crashAfter });
    await world.kill();
  }
  expect((await world.request('one'))?.status.phase).toBe('Approved');
}

async function managed(): Promise<string> {
  return `payments/daypass-${(await world.request('one'))?.metadata.uid ?? ''}`;
}

/** Seconds in which there was a binding, from now on. */
async function accessFor(seconds: number): Promise<number> {
  let access = 0;
  await world.advance(seconds, async () => {
    access += (await world.all(ROLE_BINDINGS)).length;
  });
  return access;
}

async function reason(): Promise<string | undefined> {
  return (await world.request('one'))?.status.history?.at(-1)?.reason;
}

describe('access that was given just before the operator died is never given twice', () => {
  it('though the fuse has burned, and the policy now gives longer by default', async () => {
    await interrupted({ duration: undefined });
    const debug = { name: 'debug' };
    await world.client.patch(ACCESS_POLICIES.resource, debug, { spec: { duration: { default: '50m', max: '1h' } } });
    await world.advance(3700);
    expect(await world.all(ROLE_BINDINGS)).toEqual([]);
    await world.start();
    expect(await accessFor(10)).toBe(0);
    expect((await world.request('one'))?.status.phase).toBe('Lapsed');
  });

  it('though the sweep was faster than the fuse', async () => {
    await interrupted({ duration: '10s' });
    await world.advance(12);
    await world.remove(ROLE_BINDINGS, await managed());
    await world.remove(JOBS, await managed());
    await world.start();
    expect(await accessFor(10)).toBe(0);
    expect(await reason()).toBe('Uncertain');
  });

  it('though a standby ended it a moment ago, and left the fuse', async () => {
    await interrupted({ duration: '10s' });
    await world.advance(12);
    await world.remove(ROLE_BINDINGS, await managed());
    await world.start();
    expect(await accessFor(10)).toBe(0);
    expect(await reason()).toBe('Uncertain');
    expect(await world.all(JOBS, 'payments')).toEqual([]);
  });

  it('though somebody deleted the binding alone, a while ago', async () => {
    await interrupted({ duration: '1h' });
    await world.remove(ROLE_BINDINGS, await managed());
    await world.advance(31);
    await world.start();
    expect(await accessFor(10)).toBe(0);
    expect(await reason()).toBe('Uncertain');
    expect(await world.all(JOBS, 'payments')).toEqual([]);
  });

  it('though no policy permits it any more', async () => {
    await interrupted({ duration: '10s' });
    await world.advance(12);
    await world.remove(ROLE_BINDINGS, await managed());
    await world.remove(JOBS, await managed());
    await world.remove(ACCESS_POLICIES.resource, 'debug');
    await world.start();
    expect(await accessFor(10)).toBe(0);
    expect(await reason()).toBe('Uncertain');
  });

  it('though its fuse is on its way out', async () => {
    await interrupted({ duration: '1h' });
    await world.remove(ROLE_BINDINGS, await managed());
    await world.client.patch(JOBS, nameOf(await managed()), { metadata: { finalizers: ['example.com/hold'] } });
    await world.remove(JOBS, await managed());
    const before = world.writes.length;
    await world.start();
    expect(await accessFor(10)).toBe(0);
    expect(world.writes.slice(before).filter((write) => !write.includes('Event'))).toEqual([]);
    await world.client.patch(JOBS, nameOf(await managed()), { metadata: { finalizers: null } });
    expect(await accessFor(10)).toBe(0);
    expect(await reason()).toBe('Uncertain');
  });

  it('and goes at once if it is over by the time the operator is back, on record all the same', async () => {
    world.kubernetes = false;
    await interrupted({ duration: '10s' });
    world.kubernetes = false;
    await world.advance(60);
    await world.start();
    expect(await world.all(ROLE_BINDINGS)).toEqual([]);
    expect((await world.request('one'))?.status.history?.map(({ type }) => type)).toEqual([
      'Requested',
      'Approved',
      'Granted',
      'Expired',
    ]);
  });
});
