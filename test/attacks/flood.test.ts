import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCESS_REQUESTS } from '../../src/api/access-request.ts';
import { ROLE_BINDINGS } from '../../src/api/kubernetes.ts';
import { managedName } from '../../src/api/names.ts';
import { Observer, type Seen } from '../operator/observer.ts';
import { ask, GROUP, newStage, putPolicy, requestIn, type Stage } from '../operator/stage.ts';
import { printLags } from '../operator/whole.ts';
import { errorsIn, type OperatorProcess } from '../support/operator.ts';

const FLOOD = 5000;
/** At a time: the operator is to be flooded, not the API server. */
const AT_A_TIME = 8;
/** How many seconds of access each of the others asks for. */
const SECONDS = 3;
/** Promise P2, in milliseconds. */
const LATE = 1000;
/** How long somebody may wait for a decision because of what another asks, in milliseconds. */
const PATIENCE = 30_000;
/** For the flood as a whole, on a machine that has other things to do, in milliseconds. */
const WHOLE = 300_000;

let stage: Stage;
let operator: OperatorProcess;
let requests: Observer;
let bindings: Observer;
let flooding: Promise<void>;
const progress = { asked: 0 };

beforeAll(async () => {
  stage = await newStage();
  await Promise.all(['flooded', 'payments'].map((namespace) => stage.namespace(namespace)));
  const approval = { required: [{ reviewers: [{ kind: 'Group', name: 'leads' }], count: 1 }] };
  await putPolicy(stage.admin, 'flooded', { namespaces: { names: ['flooded'] }, approval });
  operator = await stage.operator();
  requests = await Observer.start(stage.admin, ACCESS_REQUESTS.resource, { namespace: 'payments' });
  bindings = await Observer.start(stage.admin, ROLE_BINDINGS, { namespace: 'payments' });
  flooding = flood();
});

afterAll(async () => {
  await flooding;
  for (const observer of [requests, bindings]) observer[Symbol.dispose]();
  await operator[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
});

/** One person asks for what others would have to approve, as fast as the API server takes it. */
async function flood(): Promise<void> {
  const mallory = await stage.as('mallory', GROUP);
  const askOn = async (): Promise<void> => {
    while (progress.asked < FLOOD) {
      progress.asked += 1;
      await ask(mallory, 'flooded');
    }
  };
  const since = Date.now();
  await Promise.all(Array.from({ length: AT_A_TIME }, askOn));
  console.info(`${FLOOD} requests by one person in ${(Date.now() - since) / 1000} s`);
}

/** What another got meanwhile, in milliseconds: how long it took, and how late it ended. */
async function served(): Promise<{ waited: number; late: number }> {
  const olga = await stage.as('olga', GROUP);
  const since = Date.now();
  const { metadata } = await ask(olga, 'payments', { duration: `${SECONDS}s` });
  const isActive = ({ object }: Seen): boolean => {
    return object.metadata.uid === metadata.uid && requestIn(object).status.phase === 'Active';
  };
  const active = await requests.find('it is active', isActive, WHOLE);
  const gone = await bindings.find('its binding gone', ({ type, object }) => {
    return type === 'DELETED' && object.metadata.name === managedName(metadata.uid ?? '');
  });
  const end = Date.parse(requestIn(active.object).status.expiresAt ?? '');
  return { waited: active.at - since, late: gone.at - end };
}

describe(`while one person asks ${FLOOD} times`, () => {
  const others: { waited: number; late: number }[] = [];

  beforeAll(async () => {
    while (progress.asked < FLOOD) others.push(await served());
    others.push(await served());
  }, WHOLE);

  it('others are decided on soon, and have access (P5)', () => {
    const waits = others.map(({ waited }) => waited);
    printLags('from request to access of others', waits);
    expect(waits.filter((ms) => ms > PATIENCE)).toEqual([]);
  });

  it('the access of others ends on time (P2)', () => {
    const lags = others.map(({ late }) => late);
    printLags('binding of others gone after its end', lags);
    expect(lags.filter((ms) => !(ms >= 0 && ms <= LATE))).toEqual([]);
  });

  it('the operator met no error', async () => {
    const { log, stderr } = await operator.stop();
    expect(errorsIn(log)).toEqual([]);
    expect(stderr).toBe('');
  });
});
