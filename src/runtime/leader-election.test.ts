import { beforeEach, describe, expect, it } from 'vitest';
import { ApiError } from './errors.ts';
import { Elector } from './leader-election.ts';
import { LEASES } from './lease.ts';
import { type MemoryCall, MemoryClient } from './memory-client.ts';
import { settle, TestClock } from './test-clock.ts';
import { testLog } from './test-log.ts';
import { testRandom } from './test-random.ts';
import { aborted } from './waiting.ts';

const LEASE = { namespace: 'test', name: 'lease' };

let clock: TestClock;
let server: MemoryClient;

beforeEach(async () => {
  clock = new TestClock();
  server = new MemoryClient({ clock, resources: [LEASES], random: testRandom() });
  await server.create(LEASES, { metadata: LEASE });
});

/** A process that takes part, and what it was told to do. Its work fails, or takes until `ended` to end, where given. */
function join(identity: string, { failure, ended }: { failure?: Error; ended?: Promise<void> } = {}) {
  const log = testLog();
  const steps: string[] = [];
  const stop = new AbortController();
  const elector = new Elector({
    client: server,
    clock,
    random: testRandom(),
    log: log.log,
    lease: LEASE,
    identity,
    lead: async (term, signal) => {
      steps.push('begin');
      if (failure) throw failure;
      await aborted(signal);
      await ended;
      steps.push(term.holds() ? 'stop' : 'lost');
    },
  });
  const running = elector.run(stop.signal);
  return { elector, steps, log, running, stop: () => stop.abort(new Error('asked to stop')) };
}

async function spec(): Promise<unknown> {
  return (await server.get(LEASES, LEASE))['spec'];
}

/** From now on calls like this are answered with this error, before or after they are carried out. */
function fail(when: 'before' | 'after', error: ApiError, is: (call: MemoryCall) => boolean = () => true): void {
  server[when] = (call) => (is(call) ? error : undefined);
}

const down = new ApiError('Unavailable', 'connection refused');
const isPatch = ({ verb }: MemoryCall) => verb === 'patch';

describe('a Lease that nobody holds', () => {
  it('is taken at once, and prolonged', async () => {
    const { elector, steps } = join('one');
    await settle();
    expect([elector.leads, elector.holder, steps]).toEqual([true, 'one', ['begin']]);
    expect(await spec()).toEqual({
      holderIdentity: 'one',
      leaseDurationSeconds: 10,
      acquireTime: '2026-12-01T09:00:00.000000Z',
      renewTime: '2026-12-01T09:00:00.000000Z',
      leaseTransitions: 1,
    });
    await clock.advance(60_000);
    expect([elector.leads, steps]).toEqual([true, ['begin']]);
    expect(await spec()).toMatchObject({ acquireTime: '2026-12-01T09:00:00.000000Z', leaseTransitions: 1 });
    expect(server.calls.filter(isPatch).length).toBeLessThan(60);
  });

  it('goes to one of those who want it', async () => {
    const all = [join('one'), join('two'), join('three')];
    await clock.advance(30_000);
    expect(all.filter(({ elector }) => elector.leads)).toHaveLength(1);
    expect(all.flatMap(({ log }) => log.at('warn'))).toEqual([]);
  });
});

describe('a Lease that somebody held', () => {
  const ANCIENT = '2020-01-01T00:00:00.000000Z';

  async function held(duration = 10): Promise<void> {
    const mine = { holderIdentity: 'gone', leaseDurationSeconds: duration, renewTime: ANCIENT, leaseTransitions: 3 };
    await server.patch(LEASES, LEASE, { spec: mine });
  }

  it('is taken after ten seconds of seeing it unchanged, whatever its times say', async () => {
    await held();
    const { elector } = join('one');
    await clock.advance(9_900);
    expect([elector.leads, elector.holder]).toEqual([false, 'gone']);
    await clock.advance(600);
    expect(elector.leads).toBe(true);
    expect(await spec()).toMatchObject({ leaseTransitions: 4 });
  });

  it('is left alone for as long as it says that it holds', async () => {
    await held(30);
    const { elector } = join('one');
    await clock.advance(29_900);
    expect(elector.leads).toBe(false);
    await clock.advance(600);
    expect(elector.leads).toBe(true);
  });

  it('is left alone while it changes, in whatever way', async () => {
    await held();
    const { elector } = join('one');
    for (let second = 0; second < 60; second += 9) {
      await clock.advance(9_000);
      await server.patch(LEASES, LEASE, { metadata: { annotations: { seen: String(second) } } });
    }
    expect(elector.leads).toBe(false);
  });

  it('is not taken sooner because the wall clock jumps', async () => {
    await held();
    const { elector } = join('one');
    await clock.advance(1_000);
    clock.step(3_600_000);
    await clock.advance(8_000);
    expect(elector.leads).toBe(false);
  });
});

describe('whoever leads', () => {
  it('is over six seconds after the last renewal, goes on as a process, and leads again', async () => {
    const { elector, steps, log } = join('one');
    await settle();
    fail('before', down);
    await clock.advance(5_900);
    expect(elector.leads).toBe(true);
    await clock.advance(1_600);
    expect([elector.leads, steps]).toEqual([false, ['begin', 'lost']]);
    expect(log.at('warn')).toEqual(['no answer about the Lease, trying again', 'no longer leading']);
    server.before = undefined;
    await clock.advance(4_000);
    expect([elector.leads, steps]).toEqual([true, ['begin', 'lost', 'begin']]);
    expect(await spec()).toMatchObject({ leaseTransitions: 1 });
  });

  it('does not lead again before the work of the last term has ended', async () => {
    const end = new AbortController();
    const { elector, steps } = join('one', { ended: aborted(end.signal) });
    await settle();
    fail('before', down);
    await clock.advance(8_000);
    server.before = undefined;
    await clock.advance(20_000);
    expect([elector.leads, steps]).toEqual([false, ['begin']]);
    end.abort();
    await clock.advance(4_000);
    expect([elector.leads, steps]).toEqual([true, ['begin', 'lost', 'begin']]);
  });

  it('keeps it over lost replies', async () => {
    const { elector, steps } = join('one');
    await settle();
    let calls = 0;
    server.after = (call) => (isPatch(call) && calls++ % 2 === 0 ? new ApiError('Unavailable', 'reset') : undefined);
    await clock.advance(60_000);
    expect([elector.leads, steps]).toEqual([true, ['begin']]);
  });

  it('keeps it over calls that are never answered', async () => {
    const { elector, steps } = join('one');
    await settle();
    let calls = 0;
    server.before = (call) => (isPatch(call) && calls++ % 2 === 0 ? new Promise(() => undefined) : undefined);
    await clock.advance(60_000);
    expect([elector.leads, steps]).toEqual([true, ['begin']]);
  });

  it('goes by when a renewal was sent, not by when it was answered', async () => {
    const { elector } = join('one');
    await settle();
    let answered: () => void = () => undefined;
    server.after = (call) =>
      isPatch(call) ? new Promise((resolve) => (answered = () => resolve(undefined))) : undefined;
    await clock.advance(2_000);
    fail('before', down);
    const sent = server.calls.length;
    await clock.advance(1_500);
    answered();
    await clock.advance(4_500);
    expect(server.calls.length).toBeGreaterThan(sent);
    expect(elector.leads).toBe(false);
  });

  it('stops at once when somebody else has taken it', async () => {
    const { elector, steps } = join('one');
    await settle();
    await server.patch(LEASES, LEASE, { spec: { holderIdentity: 'an administrator' } });
    await clock.advance(3_000);
    expect([elector.leads, elector.holder, steps]).toEqual([false, 'an administrator', ['begin', 'lost']]);
  });

  it('does not take a patch that changes nothing for a renewal', async () => {
    const { elector, steps } = join('one');
    await settle();
    const still = clock.now();
    clock.now = () => still;
    await clock.advance(6_000);
    expect([elector.leads, steps]).toEqual([false, ['begin', 'lost']]);
  });
});

describe('stopping', () => {
  it('gives the Lease up when the work has ended, and the next has it at once', async () => {
    const one = join('one');
    await settle();
    const two = join('two');
    await clock.advance(1_000);
    const seen: boolean[] = [];
    server.before = (call) => {
      if (JSON.stringify(call.body ?? {}).includes('"holderIdentity":null')) seen.push(one.elector.leads);
      return undefined;
    };
    one.stop();
    await one.running;
    expect(one.steps).toEqual(['begin', 'stop']);
    expect(seen).toEqual([false]);
    expect(await spec()).toMatchObject({ leaseDurationSeconds: 1 });
    expect(await spec()).not.toHaveProperty('holderIdentity');
    await clock.advance(500);
    expect(two.elector.leads).toBe(true);
  });

  it('renews for as long as the work takes to end', async () => {
    const end = new AbortController();
    const { elector, steps, running, stop } = join('one', { ended: aborted(end.signal) });
    await settle();
    stop();
    await clock.advance(20_000);
    expect([elector.leads, steps]).toEqual([true, ['begin']]);
    end.abort();
    await running;
    expect([elector.leads, steps]).toEqual([false, ['begin', 'stop']]);
    expect(await spec()).not.toHaveProperty('holderIdentity');
  });

  it('leaves the Lease to others when it is theirs', async () => {
    const { stop, running } = join('one');
    await settle();
    await server.patch(LEASES, LEASE, { spec: { holderIdentity: 'an administrator' } });
    stop();
    await running;
    expect(await spec()).toMatchObject({ holderIdentity: 'an administrator' });
  });

  it('ends though nobody answers', async () => {
    const { stop, running } = join('one');
    await settle();
    server.before = () => new Promise(() => undefined);
    stop();
    await clock.advance(3_000);
    await running;
    expect(clock.timers).toBe(0);
  });

  it('ends while another leads', async () => {
    join('one');
    await settle();
    const two = join('two');
    await clock.advance(1_000);
    two.stop();
    await two.running;
    expect(two.steps).toEqual([]);
    expect(await spec()).toMatchObject({ holderIdentity: 'one' });
  });

  it('rejects with what failed in the work, and gives the Lease up', async () => {
    const { running } = join('one', { failure: new Error('broken') });
    await expect(running).rejects.toThrow('broken');
    expect(await spec()).not.toHaveProperty('holderIdentity');
  });
});

describe('a Lease that is not to be had', () => {
  it.each([
    ['is missing', new ApiError('NotFound', 'leases "lease" not found'), 'leases "lease" not found'],
    ['may not be read', new ApiError('Forbidden', 'leases "lease" is forbidden'), 'leases "lease" is forbidden'],
    ['cannot be reached', down, undefined],
  ])('as it %s is told once, and is an obstacle where waiting does not help', async (_, error, obstacle) => {
    fail('before', error);
    const { elector, log } = join('one');
    await clock.advance(30_000);
    expect(log.at('warn')).toEqual(['no answer about the Lease, trying again']);
    expect(elector.obstacle).toBe(obstacle);
    server.before = undefined;
    await clock.advance(500);
    expect([elector.leads, elector.obstacle]).toEqual([true, undefined]);
  });
});
