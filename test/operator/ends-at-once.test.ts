import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCESS_POLICIES } from '../../src/api/access-policy.ts';
import { ACCESS_REQUESTS } from '../../src/api/access-request.ts';
import { NAMESPACES, ROLE_BINDINGS } from '../../src/api/kubernetes.ts';
import type { HttpClient } from '../../src/runtime/http-client.ts';
import { errorsIn, type OperatorProcess } from '../support/operator.ts';
import { type Grant, Grants, removeByName } from './grant.ts';
import { Observer } from './observer.ts';
import { enlist, type People } from './people.ts';
import { newStage, POLICY, putPolicy, type Stage } from './stage.ts';

/** Milliseconds. */
const AT_ONCE = 1000;
const SETTLING = 30_000;

let stage: Stage;
let people: People;
let operator: OperatorProcess;
let grants: Grants;
/** Two grants whose deciding policies were deleted at this time: the first has another one to stand on. */
let unsettled: { covered: Grant; uncovered: Grant; since: number };

beforeAll(async () => {
  stage = await newStage();
  operator = await stage.operator();
  for (const name of ['payments', 'frozen', 'doomed', 'stuck', 'covered']) await stage.namespace(name);
  await stage.admin.create(NAMESPACES, { metadata: { name: 'uncovered' } });
  people = await enlist(stage, ['payments']);
  grants = await Grants.watch(stage);
  unsettled = await unsettle();
});

afterAll(async () => {
  grants[Symbol.dispose]();
  await operator[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
});

async function unsettle(): Promise<typeof unsettled> {
  const [covered, uncovered] = await Promise.all(
    ['covered', 'uncovered'].map(async (name) => {
      await putPolicy(stage.admin, name, { namespaces: { names: [name] }, priority: 1 });
      return grants.make(people.requester, name);
    }),
  );
  if (!covered || !uncovered) throw new Error('there are two');
  for (const { namespace } of [covered, uncovered])
    await removeByName(people.policyAuthor, ACCESS_POLICIES.resource, namespace);
  return { covered, uncovered, since: Date.now() };
}

/** `spec` is the request's; the namespace is payments, where none is given. */
interface Ending {
  readonly what: string;
  readonly who: keyof People;
  readonly reason: string;
  readonly namespace?: string;
  readonly spec?: object;
  readonly act: (client: HttpClient, grant: Grant) => Promise<unknown>;
}

const ENDINGS: readonly Ending[] = [
  {
    what: 'its request is deleted',
    who: 'requester',
    reason: 'RequestDeleted',
    act: (client, { namespace, name, uid }) => client.delete(ACCESS_REQUESTS.resource, { namespace, name }, { uid }),
  },
  {
    what: 'its binding is deleted',
    who: 'namespaceAdmin',
    reason: 'BindingDeleted',
    act: (client, grant) => grants.remove(client, ROLE_BINDINGS, grant),
  },
  {
    what: 'a Deny appears',
    who: 'policyAuthor',
    reason: 'DeniedByPolicy',
    namespace: 'frozen',
    act: (client, { namespace }) =>
      client.create(ACCESS_POLICIES.resource, {
        metadata: { name: 'freeze' },
        spec: { effect: 'Deny', namespaces: { names: [namespace] } },
      }),
  },
];

describe('a grant ends at once', () => {
  it.each(ENDINGS)('when $what by the $who', async ({ who, reason, namespace = 'payments', spec, act }) => {
    const grant = await grants.make(people.requester, namespace, spec);
    await act(people[who], grant);
    await grants.gone(grant, AT_ONCE);
    await grants.told(grant, `Revoked ${reason}`);
    expect(await grants.event(grant, 4)).toMatchObject({ reason: 'Revoked', type: 'Warning' });
  });
});

describe('when its namespace is deleted', () => {
  it('a grant ends, and holds nothing up', async () => {
    const grant = await grants.make(people.requester, 'doomed');
    using namespaces = await Observer.start(stage.admin, NAMESPACES);
    await removeByName(people.clusterAdmin, NAMESPACES, 'doomed');
    await grants.gone(grant);
    await namespaces.find('the namespace gone', gone('doomed'));
    expect(grants.isAlive(grant)).toBe(false);
  });
});

describe('when the deciding policy is deleted', () => {
  it('a grant that no other policy permits ends after 30 s', async () => {
    const { uncovered, since } = unsettled;
    const at = await grants.gone(uncovered);
    // Settling counts from a time in whole seconds.
    expect(at - since).toBeGreaterThan(SETTLING - 1000);
    expect(at - since).toBeLessThanOrEqual(SETTLING + AT_ONCE);
    await grants.told(uncovered, 'Revoked PolicyChanged');
    expect(await grants.event(uncovered, 4)).toMatchObject({ reason: 'Revoked' });
  });

  it('a grant that another one permits goes on under that', async () => {
    const { covered } = unsettled;
    expect(await grants.told(covered, 'Approved PolicyChanged')).toBe(POLICY);
    expect(grants.isAlive(covered)).toBe(true);
  });
});

describe('with the operator dead', () => {
  it('whoever may break the glass lets a namespace go that has a grant', async () => {
    const { namespace, name } = await grants.make(people.requester, 'stuck');
    const { log, stderr } = await operator.kill();
    expect(errorsIn(log)).toEqual([]);
    expect(stderr).toBe('');
    using namespaces = await Observer.start(stage.admin, NAMESPACES);
    await removeByName(people.clusterAdmin, NAMESPACES, namespace);
    await namespaces.find('the namespace waits for the finalizer', ({ object }) => {
      return object.metadata.name === namespace && JSON.stringify(object).includes('daypass.dev/revoke');
    });
    await people.breaker.patch(ACCESS_REQUESTS.resource, { namespace, name }, { metadata: { finalizers: null } });
    await namespaces.find('the namespace gone', gone(namespace));
  });
});

function gone(name: string): (seen: Observer['seen'][number]) => boolean {
  return ({ type, object }) => type === 'DELETED' && object.metadata.name === name;
}
