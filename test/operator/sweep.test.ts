import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLUSTER_ROLES, JOBS, ROLE_BINDINGS } from '../../src/api/kubernetes.ts';
import { ANNOTATION } from '../../src/api/names.ts';
import { daypassArgs, daypassKubeconfig, type LogLine, readLog } from '../support/operator.ts';
import { runProgram } from '../support/run-program.ts';
import { type Grant, Grants } from './grant.ts';
import { newStage, type Stage } from './stage.ts';

const NAMESPACE = 'payments';
const SECONDS = 6;

let stage: Stage;
let grants: Grants;
let kubeconfig: string;
let overdue: readonly Grant[];
let live: Grant;

beforeAll(async () => {
  stage = await newStage();
  kubeconfig = await daypassKubeconfig(stage.cluster, 'daypass-sweep');
  grants = await Grants.watch(stage);
  await stage.namespace(NAMESPACE);
  const developer = await stage.as('dana', 'developers');
  await using operator = await stage.operator();
  live = await grants.make(developer, NAMESPACE);
  const short = { duration: `${SECONDS}s` };
  overdue = await Promise.all(['one', 'other'].map(() => grants.make(developer, NAMESPACE, short)));
  const granted = Date.now();
  await operator.kill();
  await stage.admin.create(ROLE_BINDINGS, {
    metadata: {
      namespace: NAMESPACE,
      name: 'foreign',
      annotations: { [ANNOTATION.expiresAt]: '2020-01-01T00:00:00Z' },
    },
    roleRef: { apiGroup: ROLE_BINDINGS.group, kind: 'ClusterRole', name: 'view' },
    subjects: [{ apiGroup: ROLE_BINDINGS.group, kind: 'User', name: 'dana' }],
  });
  await pause(granted + SECONDS * 1000 - Date.now()); // their time is over, and nobody there to see it
});

afterAll(async () => {
  grants[Symbol.dispose]();
  await stage[Symbol.asyncDispose]();
});

/** One sweep, to its end. */
async function sweep(file = kubeconfig): Promise<{ code: number | null; last: LogLine | undefined; stderr: string }> {
  const { code, stdout, stderr } = await runProgram(process.execPath, daypassArgs('sweep', '--kubeconfig', file));
  return { code, last: readLog(stdout).at(-1), stderr };
}

async function namesOf(resource: typeof JOBS): Promise<string[]> {
  const { items } = await stage.admin.list(resource, { namespace: NAMESPACE });
  return items.map(({ metadata }) => metadata.name ?? '').toSorted();
}

/** What the sweep may do, from now on, to bindings. */
async function permit(verbs: readonly string[]): Promise<void> {
  const rule = (group: string, resource: string, may: readonly string[]) => ({
    apiGroups: [group],
    resources: [resource],
    verbs: may,
  });
  const rules = [rule(ROLE_BINDINGS.group, 'rolebindings', verbs), rule('batch', 'jobs', ['list', 'delete'])];
  await stage.admin.patch(CLUSTER_ROLES, { name: 'daypass-sweep' }, { rules });
}

describe('with the operator dead, a sweep under its own service account', () => {
  it('fails where it may not delete what is overdue', async () => {
    await permit(['list']);
    expect(await sweep()).toMatchObject({ code: 1, last: { msg: 'swept', bindings: 3, overdue: 2, failed: 2 } });
    expect(await namesOf(ROLE_BINDINGS)).toHaveLength(4);
  });

  it('fails where it may not look', async () => {
    await permit(['get']);
    expect(await sweep()).toMatchObject({ code: 1, last: { level: 'error', msg: 'the sweep could not be finished' } });
  });

  it('deletes overdue grants, and neither live ones nor what is not ours', async () => {
    await permit(['list', 'delete']);
    expect(await sweep()).toMatchObject({
      code: 0,
      last: { msg: 'swept', bindings: 3, overdue: 2, failed: 0 },
      stderr: '',
    });
    expect(await namesOf(ROLE_BINDINGS)).toEqual([live.managed, 'foreign']);
    expect(await namesOf(JOBS)).toEqual([live.managed]);
    for (const grant of overdue) expect(grants.isAlive(grant)).toBe(false);
  });

  it('has nothing left to do', async () => {
    expect(await sweep()).toMatchObject({ code: 0, last: { msg: 'swept', bindings: 1, overdue: 0, failed: 0 } });
  });
});

it('a sweep without a kubeconfig that can be read fails, and says so', async () => {
  const { code, last } = await sweep('/no/such/file');
  expect({ code, last }).toMatchObject({ code: 1, last: { level: 'error', msg: 'the sweep could not be finished' } });
});
