import { beforeEach, describe, expect, it } from 'vitest';
import { fromSeconds } from '../api/duration.ts';
import { ROLE_BINDINGS } from '../api/kubernetes.ts';
import { ApiError } from '../runtime/errors.ts';
import type { MemoryCall } from '../runtime/memory-client.ts';
import { story, World } from './test-world.ts';

let world: World;
beforeEach(async () => {
  world = await World.create();
  // Its controllers call by the same client.
  world.kubernetes = false;
});

/** The API server refuses the next call like this, and asks for a pause of half a minute. */
function refuseNext(isLike: (call: MemoryCall) => boolean): void {
  world.client.before = (call) => {
    if (!isLike(call)) return undefined;
    world.client.before = undefined;
    return new ApiError('TooManyRequests', 'slow down', { code: 429, retryAfter: 30_000 });
  };
}

const WRITES: ReadonlySet<string> = new Set(['create', 'patch', 'patchStatus', 'delete']);

/** What the operator has written since so many calls, as `verb Kind`. */
function writesSince(count: number): string[] {
  const calls = world.client.calls.slice(count).filter(({ verb }) => WRITES.has(verb));
  return calls.map(({ verb, resource }) => `${verb} ${resource.kind}`);
}

describe('an API server that asks for a pause', () => {
  it('gets one, in which grants end on time all the same', async () => {
    await world.granted('one', { duration: '20s' });
    refuseNext(({ verb, resource }) => verb === 'create' && resource.kind === 'Event');
    await world.ask('two');
    await world.advance(5);
    await world.ask('three');
    const calls = world.client.calls.length;
    await world.advance(14);
    expect(writesSince(calls - 1)).toEqual(['create AccessRequest', 'delete RoleBinding', 'delete Job']);
    await world.advance(2);
    expect(await world.all(ROLE_BINDINGS)).toEqual([]);
    expect((await world.request('three'))?.status.phase).toBeUndefined();
    await world.advance(30);
    expect((await world.request('three'))?.status.grantedAt).toBeDefined();
    const ended = await world.request('one');
    expect(story(ended)).toEqual(['Requested', 'Approved Automatic', 'Granted', 'Expired']);
  });

  it('is not asked meanwhile to delete what ended long ago', async () => {
    world.retention = fromSeconds(20);
    await world.granted('old', { roleRef: { kind: 'ClusterRole', name: 'other' } });
    await world.ask('one', { duration: '30s' });
    await world.advance(17);
    refuseNext(({ verb, resource }) => verb === 'create' && resource.kind === 'Event');
    await world.ask('two', { roleRef: { kind: 'ClusterRole', name: 'other' } });
    await world.advance(1);
    const calls = world.client.calls.length;
    await world.advance(25);
    expect(writesSince(calls)).toEqual(['delete RoleBinding', 'delete Job']);
    await world.advance(10);
    expect(await world.request('old')).toBeUndefined();
  });

  it('in answer to a watch gets one too, in which grants end on time all the same', async () => {
    await world.granted('one', { duration: '10s' });
    world.client.endWatches(new ApiError('TooManyRequests', 'slow down', { code: 429, retryAfter: 30_000 }));
    await world.ask('two');
    const calls = world.client.calls.length;
    await world.advance(29);
    expect(world.client.calls.slice(calls).map(({ verb, resource }) => `${verb} ${resource.kind}`)).toEqual([
      'delete RoleBinding',
      'delete Job',
    ]);
    await world.advance(2);
    expect((await world.request('one'))?.status.phase).toBe('Expired');
    expect((await world.request('two'))?.status.phase).toBe('Active');
  });

  it('in the midst of a grant gets none from what ends it', async () => {
    await world.ask('one');
    const bound = (phase: unknown) => JSON.stringify(phase).includes('"Active"');
    refuseNext(({ verb, body }) => verb === 'patchStatus' && bound(body));
    await world.start();
    expect(await world.all(ROLE_BINDINGS)).toHaveLength(1);
    await world.advance(1);
    expect((await world.request('one'))?.status.phase).toBe('Active');
    await world.advance(10);
    expect(await world.all(ROLE_BINDINGS)).toEqual([]);
  });
});
