import { beforeEach, describe, expect, it } from 'vitest';
import { ACCESS_REQUESTS } from '../api/access-request.ts';
import { CLUSTER_ROLES, JOBS, ROLE_BINDINGS } from '../api/kubernetes.ts';
import { ApiError } from '../runtime/errors.ts';
import type { Resource } from '../runtime/object.ts';
import { World } from './test-world.ts';

let world: World;

beforeEach(async () => {
  world = await World.create();
});

/** From now on nothing of this resource can be read. */
function lose(resource: Resource): void {
  world.client.before = ({ verb, resource: { plural } }) => {
    const isRead = verb === 'list' || verb === 'watch';
    return isRead && plural === resource.plural ? new ApiError('Forbidden', 'no longer allowed') : undefined;
  };
}

describe('at a start that cannot read all there is', () => {
  it.each([ACCESS_REQUESTS.resource, CLUSTER_ROLES, JOBS])(
    'what is over ends all the same: no $plural',
    async (lost) => {
      await world.granted('one', { duration: '10s' });
      await world.kill();
      world.kubernetes = false;
      await world.advance(20);
      lose(lost);
      await world.start();
      expect(await world.all(ROLE_BINDINGS)).toHaveLength(1);
      await world.advance(3);
      expect(await world.all(ROLE_BINDINGS)).toEqual([]);
    },
  );

  it('what is not over yet ends two seconds late', async () => {
    await world.granted('one', { duration: '10s' });
    await world.kill();
    world.kubernetes = false;
    lose(CLUSTER_ROLES);
    await world.start();
    await world.advance(10);
    expect(await world.all(ROLE_BINDINGS)).toHaveLength(1);
    await world.advance(2);
    expect(await world.all(ROLE_BINDINGS)).toEqual([]);
  });

  it('leaves what has no end that can be read to whoever can read more', async () => {
    await world.granted('one', { duration: '10s' });
    await world.kill();
    const [binding] = await world.all(ROLE_BINDINGS);
    const name = { namespace: 'payments', name: binding?.metadata.name ?? '' };
    await world.client.patch(ROLE_BINDINGS, name, { metadata: { annotations: { 'daypass.dev/expires-at': 'soon' } } });
    lose(CLUSTER_ROLES);
    await world.start();
    await world.advance(30);
    expect(world.log.at('error')).toEqual([]);
  });
});
