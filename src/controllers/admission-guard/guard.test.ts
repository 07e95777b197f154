import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ACCESS_POLICIES, readAccessPolicy } from '../../api/access-policy.ts';
import { ACCESS_REQUESTS } from '../../api/access-request.ts';
import { NAMESPACES, ROLE_BINDINGS } from '../../api/kubernetes.ts';
import { PROTECTED_LABEL } from '../../api/names.ts';
import { ApiError } from '../../runtime/errors.ts';
import { IDENTITY, letThrough, POLICIES, putBack } from '../test-admission.ts';
import { story, World } from '../test-world.ts';

const MISSING = `ValidatingAdmissionPolicy ${IDENTITY} is missing`;
const noAnswer = () => Promise.reject(new ApiError('Unavailable', 'connection refused'));

let world: World;

beforeEach(async () => {
  world = await World.create();
});

afterEach(() => world.kill());

async function readiness(): Promise<unknown> {
  const [found] = await world.all(ACCESS_POLICIES.resource);
  const policy = found && readAccessPolicy(found);
  return policy && !('unreadable' in policy) ? policy.status.conditions?.[0] : undefined;
}

/** Where a request stands, and why it is not active. */
async function standing(name: string): Promise<unknown> {
  const { phase, conditions = [] } = (await world.request(name))?.status ?? {};
  const active = conditions.find(({ type }) => type === 'Active');
  return active === undefined ? phase : [phase, active.reason, active.message];
}

/** A request that was approved while all was well, for in 20 s. */
async function approvedForLater(): Promise<void> {
  await world.ask('later', { startTime: '2026-12-01T09:00:20Z', duration: '1h' });
  await world.start();
  await world.advance(1);
  expect(await standing('later')).toBe('Approved');
}

describe('while a policy is missing', () => {
  it('nothing is granted, everybody is told why, and it resumes by itself once it is back', async () => {
    await approvedForLater();
    await world.remove(POLICIES, IDENTITY);
    await world.advance(25);
    expect(await standing('later')).toEqual(['Approved', 'AdmissionNotEnforced', MISSING]);
    expect(await readiness()).toMatchObject({ status: 'False', reason: 'AdmissionNotEnforced', message: MISSING });
    expect(world.obstacles()).toEqual([`AdmissionNotEnforced: ${MISSING}`]);
    expect(await world.all(ROLE_BINDINGS)).toEqual([]);
    await putBack(world);
    await world.advance(10);
    expect(await standing('later')).toEqual(['Active', 'Granted', expect.anything()]);
    expect(await readiness()).toMatchObject({ status: 'True' });
    expect(world.obstacles()).toEqual([]);
  });

  it('grants end as ever', async () => {
    await world.granted('one', { duration: '10s' });
    await world.ask('two', { duration: '1h' });
    await world.advance(1);
    await world.remove(POLICIES, IDENTITY);
    await world.remove(ACCESS_REQUESTS.resource, 'payments/two');
    await world.advance(1);
    expect(await world.all(ROLE_BINDINGS)).toHaveLength(1);
    await world.advance(8);
    expect(await world.all(ROLE_BINDINGS)).toEqual([]);
    expect(story(await world.request('one')).at(-1)).toBe('Expired');
  });

  it('the log says so once, and once that it is over', async () => {
    await world.start();
    await world.remove(POLICIES, IDENTITY);
    await world.advance(300);
    expect(world.log.lines.filter(({ level }) => level === 'error')).toMatchObject([
      { msg: 'the admission policies cannot be relied on: nothing is granted until they can', reason: MISSING },
    ]);
    await putBack(world);
    await world.advance(300);
    expect(world.log.at('info').filter((msg) => msg.includes('admission'))).toHaveLength(2);
  });

  it('nor is anything for 5 s after it is back: the API server has to read it first', async () => {
    await approvedForLater();
    await world.advance(18);
    await world.remove(POLICIES, IDENTITY);
    await putBack(world);
    await world.advance(4);
    expect(await world.all(ROLE_BINDINGS)).toEqual([]);
    await world.advance(2);
    expect(await world.all(ROLE_BINDINGS)).toHaveLength(1);
  });

  it('at the start, nothing is granted either', async () => {
    await world.remove(POLICIES, IDENTITY);
    await world.granted('one');
    expect(await standing('one')).toEqual(['Approved', 'AdmissionNotEnforced', MISSING]);
  });

  it('what is told changes with what is wrong', async () => {
    await approvedForLater();
    await world.remove(POLICIES, IDENTITY);
    await world.advance(25);
    await world.remove(POLICIES, 'daypass-events');
    await world.advance(15);
    const message = `${MISSING}; ValidatingAdmissionPolicy daypass-events is missing`;
    expect(await standing('later')).toEqual(['Approved', 'AdmissionNotEnforced', message]);
  });
});

describe('the proof', () => {
  it('comes before the first grant, without a word to anybody', async () => {
    let answerAll = (): void => undefined;
    const answer = new Promise<void>((resolve) => (answerAll = resolve));
    const refuse = world.dryRun;
    world.dryRun = (object) => answer.then(() => refuse(object));
    await world.granted('one');
    expect(await standing('one')).toBe('Approved');
    expect(await readiness()).toBeUndefined();
    expect(world.obstacles()).toHaveLength(1);
    answerAll();
    await world.advance(1);
    expect(await standing('one')).toEqual(['Active', 'Granted', expect.anything()]);
    expect(await readiness()).toMatchObject({ status: 'True' });
    expect(world.log.at('error')).toEqual([]);
  });

  it('does not count where something changed while it was made', async () => {
    await approvedForLater();
    await world.advance(58);
    let answerAll = (): void => undefined;
    const answer = new Promise<void>((resolve) => (answerAll = resolve));
    const refuse = world.dryRun;
    world.dryRun = (object) => answer.then(() => refuse(object));
    await world.advance(2);
    await world.remove(POLICIES, IDENTITY);
    await putBack(world);
    world.dryRun = refuse;
    answerAll();
    await world.advance(4);
    expect(world.obstacles()).toHaveLength(1);
    await world.advance(2);
    expect(world.obstacles()).toEqual([]);
  });

  it('shows that a fence is down, and nothing is granted until it stands', async () => {
    const refuse = world.dryRun;
    world.dryRun = letThrough;
    await world.granted('one', { duration: '1h' });
    expect(await standing('one')).toEqual([
      'Approved',
      'AdmissionNotEnforced',
      expect.stringContaining('daypass-fence-objects is not enforced'),
    ]);
    world.dryRun = refuse;
    await world.advance(20);
    expect(await standing('one')).toEqual(['Active', 'Granted', expect.anything()]);
  });

  it('is made every minute', async () => {
    await approvedForLater();
    world.dryRun = letThrough;
    await world.advance(18);
    expect(world.obstacles()).toEqual([]);
    await world.advance(45);
    expect(world.obstacles()).toHaveLength(1);
  });

  it('is good for 90 s where no answer comes, and then no longer', async () => {
    await world.start();
    world.dryRun = noAnswer;
    await world.advance(89);
    await world.ask('soon', { duration: '1h' });
    await world.advance(1);
    expect(await standing('soon')).toEqual(['Active', 'Granted', expect.anything()]);
    await world.advance(6);
    await world.ask('late');
    await world.advance(1);
    const why = 'what daypass-fence-objects has to refuse was answered otherwise: connection refused';
    const message = `it has not been proven for 90 s that the admission policies are enforced: ${why}`;
    expect(await standing('late')).toEqual(['Approved', 'AdmissionNotEnforced', message]);
    expect(await readiness()).toMatchObject({ reason: 'AdmissionNotEnforced', message });
  });

  it('is made again soon after no answer came, and what was asked meanwhile is granted', async () => {
    const refuse = world.dryRun;
    world.dryRun = noAnswer;
    await world.start();
    await world.advance(120);
    await world.ask('one', { duration: '1h' });
    await world.advance(1);
    expect(await standing('one')).toEqual(['Approved', 'AdmissionNotEnforced', expect.anything()]);
    world.dryRun = refuse;
    await world.advance(6);
    expect(await standing('one')).toEqual(['Active', 'Granted', expect.anything()]);
  });

  it('is made where something may be granted', async () => {
    const asked: unknown[] = [];
    const refuse = world.dryRun;
    world.dryRun = (object) => {
      asked.push(object);
      return refuse(object);
    };
    await world.put(NAMESPACES, { metadata: { name: 'aaa', labels: { [PROTECTED_LABEL]: '' } } });
    await world.put(NAMESPACES, { metadata: { name: 'kube-system' } });
    await world.start();
    expect(JSON.stringify(asked)).toContain('"namespace":"payments"');
    await world.put(NAMESPACES, { metadata: { name: 'aaa-open' } });
    await world.put(NAMESPACES, { metadata: { name: 'default' } });
    await world.advance(61);
    expect(JSON.stringify(asked.slice(-3))).toContain('"namespace":"default"');
  });
});
