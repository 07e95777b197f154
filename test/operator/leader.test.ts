import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCESS_REQUESTS } from '../../src/api/access-request.ts';
import { EVENTS } from '../../src/api/kubernetes.ts';
import { ANNOTATION, OPERATOR_NAME, requestUidOf } from '../../src/api/names.ts';
import type { HttpClient } from '../../src/runtime/http-client.ts';
import type { KubernetesObject } from '../../src/runtime/object.ts';
import { daypassKubeconfig, errorsIn, type OperatorProcess, startOperator } from '../support/operator.ts';
import { writesBy } from './audit.ts';
import { Cable } from './cable.ts';
import { Observer } from './observer.ts';
import { ask, GROUP, newStage, observeBindings, requestIn, type Stage } from './stage.ts';

/** Without a leader, a grant may outlive its end by this much, in milliseconds: the others wait two seconds. */
const LATE_BY_STANDBY = 3_000;
/** In which there is a new leader, in milliseconds: its Lease holds ten seconds, and a machine may be busy. */
const TAKEOVER = 20_000;
/** For how long a leader is stopped at least, in milliseconds: it does not wake up before the other leads. */
const FROZEN = 15_000;
/** Asked for at once; when so many of them are granted, who leads is in the middle of it, and is struck. */
const MANY = 40;
const GRANTED = 5;
/** What comes so long after a strike is of the next leader, in milliseconds: the Lease cannot be had sooner. */
const OF_THE_NEXT = 4_000;
const NAMESPACE = 'payments';

let stage: Stage;
let cable: Cable;
let dana: HttpClient;
let requests: Observer;
let bindings: Observer;
let events: Observer;
/** Who leads, and who stands by. */
let first: OperatorProcess;
let second: OperatorProcess;
/** Leads to the API server with a token of its own, by which its calls can be told from those of others. */
let secondKubeconfig: string;
let third: OperatorProcess;

beforeAll(async () => {
  stage = await newStage();
  cable = await Cable.lay(stage.operatorKubeconfig);
  await stage.namespace(NAMESPACE);
  dana = await stage.as('dana', GROUP);
  requests = await Observer.start(stage.admin, ACCESS_REQUESTS.resource);
  bindings = await observeBindings(stage.admin);
  events = await Observer.start(stage.admin, EVENTS);
  first = await stage.operator();
  secondKubeconfig = await daypassKubeconfig(stage.cluster, OPERATOR_NAME, 'second');
  second = await startOperator(secondKubeconfig);
  await second.ready();
});

afterAll(async () => {
  for (const observer of [requests, bindings, events]) observer[Symbol.dispose]();
  for (const operator of [first, second, third]) await operator[Symbol.asyncDispose]();
  await cable[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
});

async function says(operator: OperatorProcess): Promise<string> {
  const { code, text } = await operator.ask('/readyz');
  return `${code} ${text.trim().replaceAll('\n', ' ')}`;
}

/** Resolves once it says so. */
async function until(operator: OperatorProcess, what: RegExp): Promise<void> {
  const late = AbortSignal.timeout(TAKEOVER);
  for (let said = await says(operator); !what.test(said); said = await says(operator)) {
    if (late.aborted) throw new Error(`It does not say ${what}, but ${said}`);
    await pause(50);
  }
}

function of({ metadata }: KubernetesObject, uid: string): boolean {
  return requestUidOf(metadata) === uid;
}

/** Asks for a grant, and resolves with the uid of the request. */
async function asked(duration: string): Promise<string> {
  return (await ask(dana, NAMESPACE, { duration })).metadata.uid ?? '';
}

/** Resolves with when its binding was seen to come, in milliseconds since 1970. */
async function came(uid: string): Promise<number> {
  const { at } = await bindings.find('the binding', ({ type, object }) => type === 'ADDED' && of(object, uid));
  return at;
}

/** Resolves with how long after its own end its binding was seen to go, in milliseconds. */
async function lateness(uid: string): Promise<number> {
  const { at, object } = await bindings.find('the binding gone', (seen) => {
    return seen.type === 'DELETED' && of(seen.object, uid);
  });
  return at - Date.parse(object.metadata.annotations?.[ANNOTATION.expiresAt] ?? '');
}

/** Resolves once the last entry of its history is of this type. */
async function told(uid: string, type: string): Promise<void> {
  await requests.find(`${type} on record`, ({ object }) => {
    return object.metadata.uid === uid && requestIn(object).status.history?.at(-1)?.type === type;
  });
}

/**
 * While two grants are there, one that is about to end and one that goes on, strikes whoever leads
 * in the middle of granting many more. Says how long until these were all there.
 */
async function whenStruck(how: string, strike: () => void): Promise<void> {
  const [brief, lasting] = await Promise.all([asked('7s'), asked('1h')]);
  await Promise.all([came(brief), came(lasting)]);
  await told(brief, 'Granted');
  const before = bindings.all('ADDED').length;
  const many = Promise.all(Array.from({ length: MANY }, () => asked('1h')));
  await bindings.until('in the middle of granting', () => bindings.all('ADDED').length >= before + GRANTED);
  strike();
  const struck = Date.now();
  const late = await lateness(brief);
  const after = await asked('1h');
  const takeover = (await came(after)) - struck;
  const each = (await Promise.all((await many).map(came))).map((at) => at - struck);
  const left = each.filter((ms) => ms > OF_THE_NEXT).length;
  console.info(
    `leader ${how} with ${left} of ${MANY} left to grant: granting again after ${takeover} ms, ` +
      `all granted after ${Math.max(...each)} ms; an end was ${late} ms late`,
  );
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThanOrEqual(MANY - GRANTED);
  expect(late).toBeGreaterThanOrEqual(0);
  expect(late).toBeLessThan(LATE_BY_STANDBY);
  expect(takeover).toBeLessThan(TAKEOVER);
  expect([...bindings.current.values()].some((binding) => of(binding, lasting))).toBe(true);
  await told(brief, 'Expired');
  const next = await asked('2s');
  expect(await lateness(next)).toBeLessThan(1000);
}

describe('of two operators', () => {
  it('one leads, and the other is ready and stands by', async () => {
    expect(await says(first)).toBe('200 ok leads');
    expect(await says(second)).toMatch(/^200 ok stands by; \S+ leads$/);
    expect((await second.ask('/metrics')).text).toContain('daypass_leader 0');
  });

  it('the other takes over when the leader is killed', async () => {
    await whenStruck('killed', () => process.kill(first.pid, 'SIGKILL'));
    expect(await says(second)).toBe('200 ok leads');
  });

  it('the other takes over when the leader is stopped for 15 s, which then stands by', async () => {
    third = await startOperator(cable.kubeconfig);
    await third.ready();
    let stopped = 0;
    let rest = Promise.resolve();
    const strike = () => {
      process.kill(second.pid, 'SIGSTOP');
      stopped = Date.now();
      rest = pause(FROZEN);
    };
    try {
      await whenStruck('stopped', strike);
      expect(await says(third)).toBe('200 ok leads');
      await rest;
    } finally {
      process.kill(second.pid, 'SIGCONT');
    }
    const woke = Date.now();
    await until(second, /^200 ok stands by; \S+ leads$/);
    expect(await says(third)).toBe('200 ok leads');
    const writes = await writesBy(secondKubeconfig, stopped - TAKEOVER, stage.cluster);
    expect(writes.filter((write) => write.includes('/rolebindings')).length).toBeGreaterThanOrEqual(GRANTED);
    expect(await writesBy(secondKubeconfig, woke, stage.cluster)).toEqual([]);
  });

  it('the other takes over when the leader is cut off, which stands by when it is back', async () => {
    await whenStruck('cut off', () => cable.cut());
    expect(await says(second)).toBe('200 ok leads');
    expect(await says(third)).toMatch(/stands by/);
    cable.mend();
    await until(third, /^200 ok stands by; \S+ leads$/);
    const at = Date.now();
    await second.stop();
    const uid = await asked('1h');
    const handed = (await came(uid)) - at;
    console.info(`leader asked to stop: granting again after ${handed} ms`);
    expect(handed).toBeLessThan(5_000);
  });
});

describe('whoever led', () => {
  it('each request has one binding, and each entry of its history one Event', async () => {
    const all = [...requests.current.values()].map(requestIn);
    expect(all.length).toBeGreaterThan(3 * MANY);
    for (const { metadata, status } of all) {
      const history = status.history ?? [];
      const types = history.map(({ type }) => type);
      expect(new Set(types).size).toBe(types.length);
      expect(bindings.all('ADDED').filter(({ object }) => of(object, metadata.uid))).toHaveLength(1);
      const name = (sequence: number) => `daypass.${metadata.uid}.${sequence}`;
      await events.until('every Event', () => {
        const names = [...events.current.values()].map((event) => event.metadata.name);
        return history.every(({ sequence }) => names.includes(name(sequence)));
      });
    }
    const ours = () => events.seen.filter(({ object }) => object.metadata.name?.startsWith('daypass.'));
    const entries = () => [...requests.current.values()].flatMap((object) => requestIn(object).status.history ?? []);
    await requests.until('no Event but for an entry', () => entries().length === ours().length);
    expect(ours().filter(({ type }) => type !== 'ADDED')).toEqual([]);
  });

  it('no operator met an error', async () => {
    const ended = await Promise.all([first.ended, second.stop(), third.stop()]);
    expect(ended.flatMap(({ log }) => errorsIn(log))).toEqual([]);
    expect(ended.map(({ stderr }) => stderr).join('')).toBe('');
  });
});
