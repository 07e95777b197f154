import { beforeEach, describe, expect, it } from 'vitest';
import { ACCESS_REQUESTS } from '../api/access-request.ts';
import { fromSeconds } from '../api/duration.ts';
import { EVENTS, JOBS, ROLE_BINDINGS } from '../api/kubernetes.ts';
import { ApiError } from '../runtime/errors.ts';
import { IDENTITY, POLICIES, putBack } from './test-admission.ts';
import { Replica } from './test-replica.ts';
import { story, World } from './test-world.ts';

let world: World;
let one: Replica;
let two: Replica;

/** Two replicas of which the first leads, with a canary that has burned. */
beforeEach(async () => {
  world = await World.create();
  one = await Replica.join(world, 'one');
  two = await Replica.join(world, 'two');
  await world.advance(10);
});

async function bindings(): Promise<number> {
  return (await world.all(ROLE_BINDINGS)).length;
}

/** Everything that can be there twice: the sequence of each Event. */
async function told(): Promise<number[]> {
  const sequences = (await world.all(EVENTS)).map(({ metadata }) => Number(metadata.name?.split('.').at(-1)));
  return sequences.toSorted((a, b) => a - b);
}

it('what has ended and was not told is kept for the other to tell (P5)', async () => {
  world = await World.create();
  world.retention = fromSeconds(7200);
  one = await Replica.join(world, 'one');
  two = await Replica.join(world, 'two');
  await world.advance(10);
  const none = { roleRef: { kind: 'ClusterRole', name: 'other' } };
  const { uid = '' } = (await world.ask('untold', none)).metadata;
  world.client.before = ({ verb, resource, name }) =>
    verb === 'create' && resource === EVENTS && name?.name.includes(uid)
      ? new ApiError('Unavailable', 'webhook is broken')
      : undefined;
  for (let hour = 0; hour < 2; hour++) {
    await world.ask(`told-${hour}`, none);
    await world.advance(3600 + 60);
  }
  expect((await world.all(ACCESS_REQUESTS.resource)).map(({ metadata }) => metadata.name)).toEqual([
    'told-1',
    'untold',
  ]);
  one.isCut = true;
  world.client.before = undefined;
  await world.advance(30);
  expect([one.leads, two.leads]).toEqual([false, true]);
  expect(await told()).toEqual([1, 1, 1, 2, 2, 2]);
  expect((await world.all(ACCESS_REQUESTS.resource)).map(({ metadata }) => metadata.name)).toEqual(['told-1']);
});

it('only who leads writes anything', async () => {
  expect([one.leads, two.leads]).toEqual([true, false]);
  one.isCut = true;
  const before = world.writes.length;
  await world.ask('one');
  await world.advance(5);
  expect(world.writes.slice(before)).toEqual([]);
});

describe('when who leads is cut off', () => {
  it('the other leads ten seconds later, and grants what was asked meanwhile, once', async () => {
    one.isCut = true;
    await world.ask('one', { duration: '1m' });
    await world.advance(9);
    expect([await bindings(), two.leads]).toEqual([0, false]);
    await world.advance(2);
    expect([one.leads, two.leads]).toEqual([false, true]);
    await world.advance(5);
    expect(await bindings()).toBe(1);
    await world.advance(61);
    expect(story(await world.request('one'))).toEqual(['Requested', 'Approved Automatic', 'Granted', 'Expired']);
    expect(await told()).toEqual([1, 2, 3, 4]);
    expect(world.log.at('error')).toEqual([]);
  });

  it('what is over ends two seconds late, before anybody leads', async () => {
    await world.ask('one', { duration: '10s' });
    await world.advance(6);
    world.kubernetes = false;
    one.isCut = true;
    await world.advance(4);
    expect(await bindings()).toBe(1);
    await world.advance(3);
    expect([await bindings(), one.leads, two.leads]).toEqual([0, false, false]);
    await world.advance(10);
    expect(story(await world.request('one')).at(-1)).toBe('Expired');
    expect(await told()).toEqual([1, 2, 3, 4]);
  });

  it('and comes back, it stands by and writes nothing', async () => {
    await world.ask('one', { duration: '10m' });
    await world.advance(5);
    one.isCut = true;
    await world.advance(20);
    one.isCut = false;
    await world.advance(40);
    expect([one.leads, two.leads]).toEqual([false, true]);
    expect(story(await world.request('one'))).toEqual(['Requested', 'Approved Automatic', 'Granted']);
    expect(await told()).toEqual([1, 2, 3]);
    expect(await world.all(JOBS, 'payments')).toHaveLength(1);
  });

  it('and comes back before the other has seen it, one of them leads', async () => {
    one.isCut = true;
    await world.advance(7);
    expect(one.leads).toBe(false);
    one.isCut = false;
    await world.ask('one', { duration: '1m' });
    await world.advance(10);
    expect([one.leads, two.leads].filter(Boolean)).toHaveLength(1);
    expect(await bindings()).toBe(1);
  });

  it('what was delivered is not delivered again, but for the last minute', async () => {
    await world.ask('one', { duration: '5s' });
    await world.advance(120);
    await world.ask('two', { duration: '5s' });
    await world.advance(20);
    const before = world.writes.length;
    one.isCut = true;
    await world.advance(30);
    const again = world.writes.slice(before).filter((write) => write === 'create Event');
    expect([two.leads, again.length]).toEqual([true, 4]);
    expect(await told()).toEqual([1, 1, 2, 2, 3, 3, 4, 4]);
  });

  it('what was made while admission could not be relied on is not believed by the next either', async () => {
    await world.remove(POLICIES, IDENTITY);
    await world.advance(1);
    await world.ask('one');
    await world.advance(1);
    one.isCut = true;
    await putBack(world);
    await world.advance(90);
    expect(two.leads).toBe(true);
    expect(story(await world.request('one')).at(-1)).toBe('Denied AdmissionNotEnforced');
    expect(await bindings()).toBe(0);
  });
});

it('a leader that is asked to stop is followed within a second', async () => {
  one.stop();
  await world.settle();
  await world.advance(1);
  expect([one.leads, two.leads]).toEqual([false, true]);
});

it('whoever leads next waits for a canary where the last one failed', async () => {
  world.kubernetes = false;
  one.stop(); // whoever begins to lead lights one
  await world.advance(305);
  expect(world.log.at('error')).toEqual(['a test fuse did not burn: nothing is granted until one does']);
  const three = await Replica.join(world, 'three');
  two.stop();
  await world.advance(2);
  expect(three.leads).toBe(true);
  await world.ask('one');
  await world.advance(5);
  expect(await bindings()).toBe(0);
});
