import { expect, it } from 'vitest';
import type { CallOptions, MergePatch } from './client.ts';
import { Elector } from './leader-election.ts';
import { LEASES } from './lease.ts';
import { MemoryClient } from './memory-client.ts';
import type { KubernetesObject, ObjectName, Resource } from './object.ts';
import { settle, TestClock } from './test-clock.ts';
import { testLog } from './test-log.ts';
import { testRandom } from './test-random.ts';
import { aborted } from './waiting.ts';

const LEASE = { namespace: 'test', name: 'lease' };
const lanes: string[] = [];

class Server extends MemoryClient {
  override get(resource: Resource, name: ObjectName, options: CallOptions = {}): Promise<KubernetesObject> {
    lanes.push(`get ${options.lane}`);
    return super.get(resource, name, options);
  }

  override patch(
    resource: Resource,
    name: ObjectName,
    patch: MergePatch,
    options: CallOptions = {},
  ): Promise<KubernetesObject> {
    lanes.push(`patch ${options.lane}`);
    return super.patch(resource, name, patch, options);
  }
}

it('takes, prolongs and gives up the Lease by urgent calls, which wait for no slow ones of others', async () => {
  const clock = new TestClock();
  const random = testRandom();
  const client = new Server({ clock, resources: [LEASES], random });
  await client.create(LEASES, { metadata: LEASE });
  const lead = (_: unknown, signal: AbortSignal) => aborted(signal);
  const elector = new Elector({ client, clock, random, log: testLog().log, lease: LEASE, identity: 'one', lead });
  const stop = new AbortController();
  const ended = elector.run(stop.signal);
  await settle();
  await clock.advance(2_000);
  stop.abort();
  await ended;
  expect(lanes).toEqual(['get urgent', 'patch urgent', 'patch urgent', 'patch urgent']);
});
