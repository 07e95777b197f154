import { ACCESS_POLICIES } from '../api/access-policy.ts';
import { ACCESS_REQUESTS } from '../api/access-request.ts';
import { CONFIG_MAPS, EVENTS, JOBS, NAMESPACES, ROLE_BINDINGS } from '../api/kubernetes.ts';
import { ApiError } from '../runtime/errors.ts';
import { type MemoryCall, MemoryClient } from '../runtime/memory-client.ts';
import { TestClock } from '../runtime/test-clock.ts';
import { testRandom } from '../runtime/test-random.ts';

const RESOURCES = [
  ACCESS_REQUESTS.resource,
  ACCESS_POLICIES.resource,
  ROLE_BINDINGS,
  JOBS,
  EVENTS,
  NAMESPACES,
  CONFIG_MAPS,
];

/** An API server in memory that holds the namespace `payments` and nothing else. For tests alone. */
export async function testCluster(): Promise<MemoryClient> {
  const client = new MemoryClient({ clock: new TestClock(), resources: RESOURCES, random: testRandom() });
  await client.create(NAMESPACES, { metadata: { name: 'payments', finalizers: ['kubernetes'] } });
  client.calls.length = 0;
  return client;
}

/** A hook that refuses calls of one verb. */
export function refusing(
  verb: MemoryCall['verb'],
  reason: ApiError['reason'],
  message = 'no',
): (call: MemoryCall) => ApiError | undefined {
  return (call) => (call.verb === verb ? new ApiError(reason, message) : undefined);
}
