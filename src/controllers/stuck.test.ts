import { beforeEach, expect, it } from 'vitest';
import { ApiError } from '../runtime/errors.ts';
import { World } from './test-world.ts';

let world: World;
beforeEach(async () => {
  world = await World.create();
});

/** A stream that nothing ends, not even its signal. */
async function* hung(): AsyncGenerator<never, void> {
  yield await new Promise<never>(() => undefined);
}

/** Lets time pass, and says what was ever stuck, look by look. */
async function stuckWithin(minutes: number): Promise<string[]> {
  const parts: string[] = [];
  for (let minute = 0; minute < minutes; minute++) {
    await world.clock.advance(60_000);
    parts.push(...world.health.stalls.map(({ part }) => part));
  }
  return parts;
}

it('a worker whose call nothing ends is noticed after ten minutes', async () => {
  await world.start();
  world.client.before = ({ verb, resource }) =>
    verb === 'create' && resource.kind === 'RoleBinding' ? new Promise(() => undefined) : undefined;
  await world.ask('one');
  expect(await stuckWithin(9)).toEqual([]);
  await world.clock.advance(60_000);
  expect(world.health.stalls).toMatchObject([{ part: 'controller access-request', key: 'payments/one' }]);
});

it('a watch that nothing ends is noticed after five minutes, one of the guard too', async () => {
  const watch = world.client.watch.bind(world.client);
  world.client.watch = (resource, options) =>
    ['Job', 'ValidatingAdmissionPolicy'].includes(resource.kind) ? hung() : watch(resource, options);
  await world.start();
  expect(await stuckWithin(4)).toEqual([]);
  await world.clock.advance(60_000);
  expect(world.health.stalls.map(({ part }) => part)).toEqual([
    'reflector jobs',
    'reflector validatingadmissionpolicies',
  ]);
});

it('nothing is stuck in an hour in which the API server is away, nor in the one before or after', async () => {
  await world.start();
  expect(await stuckWithin(60)).toEqual([]);
  world.client.before = () => new ApiError('Unavailable', 'connection refused');
  world.client.endWatches(new ApiError('Unavailable', 'connection reset'));
  await world.clock.advance(1000);
  expect(await stuckWithin(60)).toEqual([]);
  world.client.before = undefined;
  await world.ask('one');
  expect(await stuckWithin(60)).toEqual([]);
  expect((await world.request('one'))?.status.phase).toBe('Approved'); // no more: nobody burns canaries in these hours
});
