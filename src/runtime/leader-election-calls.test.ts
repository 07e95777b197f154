import { beforeEach, expect, it } from 'vitest';
import type { CallOptions, MergePatch } from './client.ts';
import { ApiError } from './errors.ts';
import { Elector } from './leader-election.ts';
import { LEASES, readLease } from './lease.ts';
import { MemoryClient } from './memory-client.ts';
import type { KubernetesObject, ObjectName, Resource } from './object.ts';
import type { Term } from './term.ts';
import { settle, TestClock } from './test-clock.ts';
import { testLog } from './test-log.ts';
import { testRandom } from './test-random.ts';
import { aborted } from './waiting.ts';

const LEASE = { namespace: 'test', name: 'lease' };
let lanes: string[] = [];
let clock: TestClock;
let client: Server;

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

beforeEach(async () => {
  clock = new TestClock();
  client = new Server({ clock, resources: [LEASES], random: testRandom() });
  await client.create(LEASES, { metadata: LEASE });
  lanes = [];
});

type Lead = (term: Term, signal: AbortSignal) => Promise<void>;

/** Starts to take part, and leads at once. */
async function join(
  stop: AbortSignal,
  lead: Lead = (_, signal) => aborted(signal),
): Promise<{ elector: Elector; ended: Promise<void> }> {
  const { log } = testLog();
  const elector = new Elector({ client, clock, random: testRandom(), log, lease: LEASE, identity: 'one', lead });
  const ended = elector.run(stop);
  await settle();
  return { elector, ended };
}

it('takes, prolongs and gives up the Lease by urgent calls, which wait for no slow ones of others', async () => {
  const stop = new AbortController();
  const { ended } = await join(stop.signal);
  await clock.advance(2_000);
  stop.abort();
  await ended;
  expect(lanes).toEqual(['get urgent', 'patch urgent', 'patch urgent', 'patch urgent']);
});

it.each([
  ['leaves the Lease to lapse', 'has no answer', () => new Promise<void>(() => undefined), 'one'],
  ['gives the Lease up', 'was answered', () => Promise.resolve(), undefined],
  ['gives the Lease up', 'failed', () => Promise.reject(new Error('broken')), undefined],
])('%s where a call of its work %s when that ends', async (_is, _has, call, holder) => {
  const stop = new AbortController();
  const { elector, ended } = await join(stop.signal, async (term, signal) => {
    term.during(call).catch(() => undefined);
    await aborted(signal);
  });
  await clock.advance(2_000);
  stop.abort();
  await ended;
  expect([elector.leads, clock.timers, readLease(await client.get(LEASES, LEASE)).holder]).toEqual([false, 0, holder]);
});

it('prolongs nothing when it was stopped for longer than its term, but looks at the Lease again', async () => {
  await join(new AbortController().signal);
  await client.patch(LEASES, LEASE, { spec: { holderIdentity: 'two' } }, { lane: 'normal' });
  lanes = [];
  clock.spend(15_000);
  await clock.advance(4_000);
  expect(lanes).toEqual(['get urgent']);
});

it('keeps away from the Lease for four seconds after a lost term, in which what it sent last can land', async () => {
  const stop = new AbortController();
  const { elector, ended } = await join(stop.signal);
  client.before = () => new ApiError('Unavailable', 'connection refused');
  await clock.advance(6_000);
  expect([elector.leads, elector.holder]).toEqual([false, undefined]);
  client.before = undefined;
  lanes = [];
  await clock.advance(3_999);
  expect(lanes).toEqual([]);
  await clock.advance(1);
  expect([elector.leads, lanes]).toEqual([true, ['get urgent', 'patch urgent']]);

  client.before = () => new ApiError('Unavailable', 'connection refused');
  await clock.advance(6_000);
  lanes = [];
  stop.abort();
  await ended;
  expect(lanes).toEqual([]);
});

it('gives a server that asks for time as much as it can without losing the Lease', async () => {
  const { elector } = await join(new AbortController().signal);
  lanes = [];
  client.before = () => new ApiError('TooManyRequests', 'slow down', { code: 429, retryAfter: 60_000 });
  await clock.advance(5_500);
  expect(lanes.length).toBeGreaterThanOrEqual(3);
  expect(lanes.length).toBeLessThanOrEqual(5);
  expect(elector.leads).toBe(true);
  client.before = undefined;
  await clock.advance(450);
  expect(elector.leads).toBe(true);
  await clock.advance(2_000);
  expect(elector.leads).toBe(true);
});

it('waits for a claim that is under way when it is to stop, and then gives the Lease up', async () => {
  const slow = () => new Promise<undefined>((resolve) => clock.timer(50, () => resolve(undefined)));
  client.after = ({ verb }) => (verb === 'patch' ? slow() : undefined);
  const stop = new AbortController();
  const { ended } = await join(stop.signal);
  expect(lanes).toEqual(['get urgent', 'patch urgent']);
  stop.abort();
  await clock.advance(200);
  await ended;
  expect(readLease(await client.get(LEASES, LEASE)).holder).toBeUndefined();
  expect(clock.timers).toBe(0);
});

it('claims nothing when it was told to stop while it looked at the Lease', async () => {
  const slow = () => new Promise<undefined>((resolve) => clock.timer(50, () => resolve(undefined)));
  client.after = ({ verb }) => (verb === 'get' ? slow() : undefined);
  const stop = new AbortController();
  const { ended } = await join(stop.signal);
  stop.abort();
  await clock.advance(3_000);
  await ended;
  expect(lanes).toEqual(['get urgent']);
});

it('rejects with a defect that keeps it from prolonging, at once', async () => {
  const { ended } = await join(new AbortController().signal);
  const failure = ended.catch((error: unknown) => error);
  client.before = () => {
    throw new TypeError('a defect');
  };
  await clock.advance(1_500);
  expect(await failure).toEqual(new TypeError('a defect'));
  expect(clock.timers).toBe(0);
});
