import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Identity } from '../../api/identity.ts';
import { SUBJECT_ACCESS_REVIEWS } from '../../api/kubernetes.ts';
import { ApiError } from '../../runtime/errors.ts';
import { MemoryClient } from '../../runtime/memory-client.ts';
import type { KubernetesObject, Resource } from '../../runtime/object.ts';
import { TestClock } from '../../runtime/test-clock.ts';
import { testRandom } from '../../runtime/test-random.ts';
import { ActAs } from './act-as.ts';

const PIPELINE = { kind: 'ServiceAccount', namespace: 'ci', name: 'deployer' } as const;
const LENA = { username: 'lena', uid: '7', groups: ['leads'], extra: { arn: ['x'] } };
const { signal } = new AbortController();

const Asked = z.object({ resourceAttributes: z.record(z.string(), z.unknown()) });

let clock: TestClock;
let asked: unknown[];
let answer: (attributes: Record<string, unknown>) => unknown;
let actAs: ActAs;

class Authorizer extends MemoryClient {
  override async create(_resource: Resource, object: KubernetesObject): Promise<KubernetesObject> {
    asked.push(object['spec']);
    return { metadata: {}, status: answer(Asked.parse(object['spec']).resourceAttributes) };
  }
}

beforeEach(() => {
  clock = new TestClock();
  asked = [];
  answer = () => ({ allowed: false });
  const client = new Authorizer({ clock, random: testRandom(), resources: [SUBJECT_ACCESS_REVIEWS] });
  actAs = new ActAs({ client, clock });
});

async function couldAct(reviewer: Identity = LENA): Promise<boolean | undefined> {
  await actAs.ask([{ who: reviewer, as: PIPELINE }], signal);
  return actAs.couldAny([{ who: reviewer, as: PIPELINE }]);
}

it('knows nothing before it has asked, and asks with all that the reviewer is', async () => {
  expect(actAs.couldAny([{ who: LENA, as: PIPELINE }])).toBeUndefined();
  expect(await couldAct()).toBe(false);
  expect(asked).toContainEqual({
    user: 'lena',
    uid: '7',
    groups: ['leads'],
    extra: { arn: ['x'] },
    resourceAttributes: { verb: 'create', group: '', resource: 'pods', namespace: 'ci' },
  });
});

it.each([
  { verb: 'create', resource: 'pods' },
  { verb: 'patch', resource: 'deployments' },
  { verb: 'create', resource: 'cronjobs' },
  { verb: 'create', subresource: 'exec' },
  { verb: 'patch', subresource: 'ephemeralcontainers' },
  { verb: 'create', resource: 'serviceaccounts', subresource: 'token', name: 'deployer' },
  { verb: 'impersonate', resource: 'serviceaccounts', name: 'deployer' },
  { verb: 'impersonate', resource: 'users', name: 'system:serviceaccount:ci:deployer' },
  { verb: 'get', resource: 'secrets' },
])('takes for the account whoever may %j', async (way) => {
  answer = (attributes) => ({
    allowed: Object.entries(way).every(([key, value]) => attributes[key] === value),
  });
  expect(await couldAct()).toBe(true);
});

it.each([undefined, null, {}, 'no', { allowed: 'false' }, { allowed: false, evaluationError: 'webhook down' }])(
  'takes no answer for a yes: %j',
  async (status) => {
    answer = () => status;
    expect(await couldAct()).toBe(true);
  },
);

it('forgets after a minute, and tells people with other groups apart', async () => {
  await couldAct();
  expect(actAs.couldAny([{ who: { ...LENA, groups: ['leads', 'admins'] }, as: PIPELINE }])).toBeUndefined();
  await clock.advance(60_000);
  expect(actAs.couldAny([{ who: LENA, as: PIPELINE }])).toBeUndefined();
});

it('learns nothing from an API server that does not answer', async () => {
  answer = () => {
    throw new ApiError('Unavailable', 'gone');
  };
  await expect(couldAct()).rejects.toBeInstanceOf(ApiError);
  expect(actAs.couldAny([{ who: LENA, as: PIPELINE }])).toBeUndefined();
});

describe('asks once', () => {
  const PAIR = { who: LENA, as: PIPELINE };
  let once: number;

  beforeEach(async () => {
    await actAs.ask([PAIR], signal);
    once = asked.length;
    await clock.advance(60_000);
    asked = [];
  });

  it('about equal pairs, and not again while the answer is good', async () => {
    await actAs.ask([PAIR, { who: { ...LENA }, as: { ...PIPELINE } }], signal);
    await actAs.ask([PAIR], signal);
    expect(asked).toHaveLength(once);
  });

  it('for several who want to know at the same time', async () => {
    await Promise.all([actAs.ask([PAIR], signal), actAs.ask([PAIR], signal)]);
    expect(asked).toHaveLength(once);
    expect(actAs.couldAny([PAIR])).toBe(false);
  });

  it('of those who wait nobody is left without an answer: all hear that there is none, and may ask again', async () => {
    answer = () => {
      throw new ApiError('Unavailable', 'gone');
    };
    const both = await Promise.allSettled([actAs.ask([PAIR], signal), actAs.ask([PAIR], signal)]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    answer = () => ({ allowed: false });
    expect(await couldAct()).toBe(false);
  });
});

it('has nothing to ask where people stand on both sides', async () => {
  await actAs.ask([], signal);
  expect(asked).toEqual([]);
  expect(actAs.couldAny([])).toBe(false);
});

it('of two pairs one is enough, and both must be known to say no', async () => {
  const pairs = [
    { who: LENA, as: PIPELINE },
    { who: LENA, as: { ...PIPELINE, namespace: 'payments' } },
  ];
  answer = ({ namespace }) => ({ allowed: namespace === 'payments' });
  await actAs.ask(pairs.slice(0, 1), signal);
  expect(actAs.couldAny(pairs)).toBeUndefined();
  await actAs.ask(pairs, signal);
  expect(actAs.couldAny(pairs)).toBe(true);
});
