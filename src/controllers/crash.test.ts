import { describe, expect, it } from 'vitest';
import { ACCESS_REQUESTS } from '../api/access-request.ts';
import { CONFIG_MAPS, EVENTS, JOBS, ROLE_BINDINGS } from '../api/kubernetes.ts';
import { ANNOTATION, OPERATOR_NAMESPACE } from '../api/names.ts';
import { ApiError } from '../runtime/errors.ts';
import type { MemoryCall } from '../runtime/memory-client.ts';
import { World } from './test-world.ts';

/** Longer than the grants of these tests and their fuses together. */
const LONG = 60;

/** Between the writes of a lifecycle: the operator dies, comes back, and the story must be the same. */
interface Scenario {
  readonly name: string;
  /** Brings the world to where the writes in question begin. */
  readonly before: (world: World) => Promise<void>;
  /** Sets them off. */
  readonly trigger: (world: World) => Promise<void>;
  readonly history: readonly string[];
}

const scenarios: readonly Scenario[] = [
  {
    name: 'granting',
    before: async () => undefined,
    trigger: async (world) => void (await world.ask('one')),
    history: ['Requested', 'Approved', 'Granted', 'Expired'],
  },
  {
    name: 'ending',
    before: async (world) => {
      await world.ask('one');
      await world.start();
      await world.advance(2);
      await world.kill();
    },
    trigger: (world) => world.clock.advance(10_000),
    history: ['Requested', 'Approved', 'Granted', 'Expired'],
  },
  {
    name: 'taking back what was deleted',
    before: async (world) => {
      await world.ask('one');
      await world.start();
      await world.advance(2);
      await world.kill();
    },
    trigger: (world) => world.remove(ACCESS_REQUESTS.resource, 'payments/one'),
    history: ['Requested', 'Approved', 'Granted', 'Revoked'],
  },
];

describe.each(scenarios)('an operator killed while $name', ({ before, trigger, history }) => {
  async function run(crashAfter: number): Promise<{ world: World; wrote: number }> {
    const world = await World.create();
    await before(world);
    await trigger(world);
    const first = world.writes.length;
    await world.start({ crashAfter });
    await world.advance(3);
    const wrote = world.writes.length - first;
    await world.kill();
    await world.start();
    await world.advance(LONG, () => noAccessPastItsEnd(world));
    await world.kill();
    return { world, wrote };
  }

  it('leaves the same story behind after each write', async () => {
    let crashes = 0;
    for (let k = 0; ; k++) {
      const { world, wrote } = await run(k);
      expect(await storyOf(world), `killed after write ${k}`).toEqual(history);
      expect(await world.all(ROLE_BINDINGS), `killed after write ${k}`).toEqual([]);
      expect(await world.all(JOBS, 'payments'), `killed after write ${k}`).toEqual([]);
      expect(await sequencesOf(world), `killed after write ${k}`).toEqual(history.map((_, index) => index + 1));
      expect(world.log.at('error'), `killed after write ${k}`).toEqual([]);
      if (wrote < k) break;
      crashes++;
    }
    expect(crashes).toBeGreaterThan(3);
  });
});

describe.each(scenarios)('an operator that never hears of a write while $name', ({ before, trigger, history }) => {
  async function run(lost: number): Promise<{ world: World; wrote: number }> {
    const world = await World.create();
    await before(world);
    await trigger(world);
    let wrote = 0;
    world.client.after = (call) =>
      isByOperator(call) && wrote++ === lost ? new ApiError('Unavailable', 'lost', { maybeDone: true }) : undefined;
    await world.start();
    await world.advance(3);
    const counted = wrote;
    await world.advance(LONG, () => noAccessPastItsEnd(world));
    await world.kill();
    return { world, wrote: counted };
  }

  it('goes on from what there is, whichever it was', async () => {
    let losses = 0;
    for (let k = 0; ; k++) {
      const { world, wrote } = await run(k);
      expect(await storyOf(world), `the answer to write ${k} lost`).toEqual(history);
      expect(await world.all(ROLE_BINDINGS), `the answer to write ${k} lost`).toEqual([]);
      expect(await world.all(JOBS, 'payments'), `the answer to write ${k} lost`).toEqual([]);
      expect(await sequencesOf(world), `the answer to write ${k} lost`).toEqual(history.map((_, index) => index + 1));
      expect(world.log.at('error'), `the answer to write ${k} lost`).toEqual([]);
      if (wrote <= k) break;
      losses++;
    }
    expect(losses).toBeGreaterThan(3);
  });
});

/** What Kubernetes does itself are statuses of Jobs, and deletes when all is over. */
function isByOperator({ verb, resource, name }: MemoryCall): boolean {
  if (resource === CONFIG_MAPS || name?.namespace === OPERATOR_NAMESPACE) return false;
  return verb === 'create' || verb === 'delete' || ((verb === 'patch' || verb === 'patchStatus') && resource !== JOBS);
}

/** What Events say, in order: they outlive the request, and name every entry once. */
async function storyOf(world: World): Promise<unknown[]> {
  const events = (await world.all(EVENTS)).toSorted((a, b) => sequence(a) - sequence(b));
  return events.map((event) => event['reason']);
}

async function sequencesOf(world: World): Promise<number[]> {
  return (await world.all(EVENTS)).map(sequence).toSorted((a, b) => a - b);
}

function sequence({ metadata }: { metadata: { name?: string } }): number {
  return Number(metadata.name?.split('.').at(-1));
}

async function noAccessPastItsEnd(world: World): Promise<void> {
  for (const { metadata } of await world.all(ROLE_BINDINGS)) {
    const end = Date.parse(metadata.annotations?.[ANNOTATION.expiresAt] ?? '');
    expect(world.clock.now().getTime()).toBeLessThanOrEqual(end + 1000);
  }
}
