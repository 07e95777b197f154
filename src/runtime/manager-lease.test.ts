import { expect, it } from 'vitest';
import { Elector } from './leader-election.ts';
import { LEASES, readLease } from './lease.ts';
import { Manager } from './manager.ts';
import { MemoryClient } from './memory-client.ts';
import { runParts } from './parts.ts';
import { TestClock } from './test-clock.ts';
import { testLog } from './test-log.ts';
import { testRandom } from './test-random.ts';

const lease = { namespace: 'test', name: 'lease' };

/** Stops only when it is left. */
const stubborn = { name: 'stubborn', run: () => new Promise<void>(() => undefined) };

it('has given the Lease up when it has stopped, though work never ends and answers are slow', async () => {
  const clock = new TestClock();
  const random = testRandom();
  const { log } = testLog();
  const client = new MemoryClient({ clock, resources: [LEASES], random });
  await client.create(LEASES, { metadata: lease });
  const lead = (_: unknown, signal: AbortSignal) => runParts([stubborn, stubborn], signal, { clock, log });
  const elector = new Elector({ client, clock, random, log, lease, identity: 'one', lead });
  const manager = new Manager({ clock, log, reflectors: [], runnables: [elector, stubborn] });
  const end = new AbortController();
  const running = manager.run(end.signal);
  await clock.advance(1_000);
  expect(elector.leads).toBe(true);
  // Answers slower than this would have it lose the Lease.
  const slow = () => new Promise<undefined>((resolve) => clock.timer(2_000, () => resolve(undefined)));
  client.before = ({ verb }) => (verb === 'patch' ? slow() : undefined);
  await clock.advance(60_000);
  expect(elector.leads).toBe(true);
  end.abort();
  await clock.advance(15_000);
  await running;
  expect(readLease(await client.get(LEASES, lease)).holder).toBeUndefined();
});
