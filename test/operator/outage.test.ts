import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCESS_REQUESTS } from '../../src/api/access-request.ts';
import { EVENTS } from '../../src/api/kubernetes.ts';
import { requestUidOf } from '../../src/api/names.ts';
import { formatTime } from '../../src/api/time.ts';
import type { KubernetesObject } from '../../src/runtime/object.ts';
import { type ControlPlane, startControlPlane } from '../support/controlplane.ts';
import { errorsIn, type OperatorProcess } from '../support/operator.ts';
import { Observer } from './observer.ts';
import { ask, GROUP, newStage, observeBindings, requestIn, type Stage } from './stage.ts';

const OUTAGE = 20_000;
/** After its return, in milliseconds. */
const LATE = 2000;

let stage: Stage;
let operator: OperatorProcess;
let again: ControlPlane;
let requests: Observer;
let asked: { ending: KubernetesObject; lasting: KubernetesObject; starting: KubernetesObject };
/** When the API server was back, and when the binding that had ended was seen to be gone, in milliseconds since 1970. */
let back: number;
let gone: number;

beforeAll(async () => {
  stage = await newStage();
  operator = await stage.operator();
  await stage.namespace('payments');
  const developer = await stage.as('dana', GROUP);
  const startTime = formatTime(new Date(Date.now() + 10_000));
  asked = {
    ending: await ask(developer, 'payments', { duration: '10s' }),
    lasting: await ask(developer, 'payments', { duration: '1h' }),
    starting: await ask(developer, 'payments', { duration: '1h', startTime }),
  };
  {
    using before = await Observer.start(stage.admin, ACCESS_REQUESTS.resource);
    await before.until('all are decided', () => phases(before).join() === 'Active,Active,Approved', 8000);
  }
  await stage.cluster.kill();
  await pause(OUTAGE);
  const starting = startControlPlane({ dataDir: stage.cluster.dataDir });
  await serverIsBack(stage.cluster);
  back = Date.now();
  using bindings = await observeBindings(stage.admin);
  await bindings.until('the binding gone', () => !uids(bindings).includes(asked.ending.metadata.uid ?? ''));
  gone = Date.now();
  again = await starting;
  requests = await Observer.start(stage.admin, ACCESS_REQUESTS.resource);
});

afterAll(async () => {
  requests[Symbol.dispose]();
  await operator[Symbol.asyncDispose]();
  await again.stop();
  await stage[Symbol.asyncDispose]();
});

describe('with the API server away for 20 s, and the same operator all the while', () => {
  it('a grant that ended meanwhile is gone within 2 s of its return (P2)', () => {
    console.info(`binding gone ${gone - back} ms after the return`);
    expect(gone - back).toBeLessThanOrEqual(LATE);
  });

  it('that end is on record, once', async () => {
    const { uid = '' } = asked.ending.metadata;
    const isDone = () => requests.current.get(uid)?.metadata.finalizers === undefined;
    await requests.until('the operator let go of it', isDone);
    const story = ['Requested', 'Approved', 'Granted', 'Expired'];
    expect(historyOf(asked.ending)).toEqual(story);
    const { items } = await stage.admin.list(EVENTS, { namespace: 'payments' });
    const names = items.map(({ metadata }) => metadata.name ?? '').filter((name) => name.startsWith(`daypass.${uid}.`));
    expect(names.toSorted()).toEqual(story.map((_, index) => `daypass.${uid}.${index + 1}`));
  });

  it('one that was to start meanwhile starts', async () => {
    await requests.until('it is active', () => historyOf(asked.starting).includes('Granted'));
    expect(historyOf(asked.starting)).toEqual(['Requested', 'Approved', 'Granted']);
  });

  it('one that lasts goes on', () => {
    expect(historyOf(asked.lasting)).toEqual(['Requested', 'Approved', 'Granted']);
  });

  it('the operator met no error', async () => {
    const { code, log, stderr } = await operator.stop();
    expect(errorsIn(log)).toEqual([]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});

function phases({ current }: Observer): string[] {
  return Array.from(current.values(), (object) => requestIn(object).status.phase ?? '').toSorted();
}

function uids({ current }: Observer): string[] {
  return Array.from(current.values(), ({ metadata }) => requestUidOf(metadata));
}

function historyOf({ metadata }: KubernetesObject): string[] {
  const object = requests.current.get(metadata.uid ?? '');
  return object ? (requestIn(object).status.history ?? []).map(({ type }) => type) : [];
}

/** Resolves once `/readyz` says ok, which anybody may ask. */
async function serverIsBack({ dataDir, port }: ControlPlane): Promise<void> {
  const ca = await readFile(`${dataDir}/pki/ca.crt`, 'utf8');
  const dispatcher = new Agent({ connect: { ca } });
  const late = AbortSignal.timeout(60_000);
  for (;;) {
    const { statusCode } = await request(`https://127.0.0.1:${port}/readyz`, { dispatcher }).catch(() => ({
      statusCode: 0,
    }));
    if (statusCode === 200) break;
    if (late.aborted) throw new Error('The API server is not back after a minute.');
    await pause(20);
  }
  await dispatcher.destroy();
}
