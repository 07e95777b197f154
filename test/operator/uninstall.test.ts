import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ACCESS_POLICIES } from '../../src/api/access-policy.ts';
import { CUSTOM_RESOURCE_DEFINITIONS, ROLE_BINDINGS } from '../../src/api/kubernetes.ts';
import { FINALIZER, MANAGED_SELECTOR, OPERATOR_NAME } from '../../src/api/names.ts';
import { installDaypass } from '../support/install.ts';
import { launch } from '../support/launch.ts';
import { leftovers } from '../support/leftovers.ts';
import { daypassArgs, daypassKubeconfig, startOperator } from '../support/operator.ts';
import { connect } from '../../src/runtime/http-client.ts';
import { type Finished, runProgram } from '../support/run-program.ts';
import { Grants } from './grant.ts';
import { Observer } from './observer.ts';
import { ask, GROUP, newStage, POLICY, putPolicy, type Stage } from './stage.ts';

const Kind = z.object({ kind: z.string() });
const NAMESPACE = 'payments';
/** Would clear the screen of whoever is told of it. */
const HOSTILE = 'em\u001b[2Jma';
const ONCALL = 'oncall';
const EMERGENCY = { emergency: true, reason: 'INC-4712 checkout is down' };

let stage: Stage;
let record: string;

beforeAll(async () => {
  stage = await newStage();
  record = `${stage.cluster.kubeconfig}.record`;
  await stage.namespace(NAMESPACE);
});

afterAll(() => stage[Symbol.asyncDispose]());

function args(...flags: readonly string[]): string[] {
  return daypassArgs('uninstall', '--kubeconfig', stage.cluster.kubeconfig, '--record', record, ...flags);
}

function uninstall(...flags: readonly string[]): Promise<Finished> {
  return runProgram(process.execPath, args(...flags));
}

/** What is on record of one kind, version by version. */
async function recorded(kind: string): Promise<string[]> {
  const lines = (await readFile(record, 'utf8')).trim().split('\n');
  return lines.filter((line) => Kind.parse(JSON.parse(line)).kind === kind);
}

/** Runs until all of it is gone, and resolves with the kinds of what went, in order. */
async function orderOf(run: () => Promise<void>): Promise<string[]> {
  const went: string[] = [];
  const watch = async (resource: typeof ROLE_BINDINGS, labelSelector: string) => {
    const observer = await Observer.start(stage.admin, resource, { labelSelector });
    return { observer, resource };
  };
  using bindings = (await watch(ROLE_BINDINGS, MANAGED_SELECTOR)).observer;
  using definitions = (await watch(CUSTOM_RESOURCE_DEFINITIONS, 'app.kubernetes.io/name=daypass')).observer;
  await run();
  await definitions.until('the kinds are gone', () => definitions.current.size === 0);
  const gone = [...bindings.all('DELETED'), ...definitions.all('DELETED')];
  for (const { object } of gone.toSorted((one, other) => one.at - other.at)) went.push(object.kind ?? '');
  return went;
}

describe('with the operator running', () => {
  it('refuses, without a change, somebody who is no cluster administrator, and says what they lack', async () => {
    const kubeconfig = await stage.cluster.user('ursula', [GROUP]);
    const flags = ['uninstall', '--kubeconfig', kubeconfig, '--record', record];
    const { code, stdout, stderr } = await runProgram(process.execPath, daypassArgs(...flags));
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^nothing was changed: .*, breakglass accessrequests.daypass.dev, .*\n$/);
  });

  it('refuses to lose an emergency, is killed in the middle, and then leaves nothing but the record', async () => {
    const leads = { approval: { required: [{ reviewers: [{ kind: 'Group', name: 'leads' }], count: 1 }] } };
    const emergency = { emergency: { maxDuration: '1h', reviewWithin: '1h' } };
    await putPolicy(stage.admin, ONCALL, { requesters: [{ kind: 'Group', name: ONCALL }], ...leads, ...emergency });
    await using operator = await stage.operator();
    using grants = await Grants.watch(stage);
    const oncall = await connect({ kubeconfig: await stage.cluster.user(HOSTILE, [ONCALL, GROUP]) });
    await grants.make(await stage.as('dana', GROUP), NAMESPACE);
    await grants.make(oncall, NAMESPACE, EMERGENCY);
    await ask(oncall, NAMESPACE);

    const refused = await uninstall();
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(/^emergencies that nobody has reviewed: payments\/ask-\w+ by em\?\[2Jma\. /);
    expect(await stage.admin.list(ACCESS_POLICIES.resource)).toHaveProperty('items.length', 2);

    const order = await orderOf(async () => {
      using policies = await Observer.start(stage.admin, ACCESS_POLICIES.resource);
      const { child } = await launch(process.execPath, args('--abandon-emergencies'));
      await policies.until('it has begun', () => policies.current.size === 3);
      child.kill('SIGKILL');
      await once(child, 'exit');
      const { code, stdout, stderr } = await uninstall('--abandon-emergencies');
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toContain('the operator: it is there, and ends what is granted\n');
      expect(stdout).not.toContain('access taken away');
      expect(stdout).toMatch(/there is nothing of Daypass in this cluster\n$/);
    });
    expect(order).toEqual(['RoleBinding', 'RoleBinding', ...Array<string>(3).fill('CustomResourceDefinition')]);
    expect(await leftovers(stage.cluster)).toBe('');
    const requests = await recorded('AccessRequest');
    expect(requests.filter((line) => line.includes('"reason":"DeniedByPolicy"')).length).toBeGreaterThan(1);
    expect(requests.some((line) => line.includes('"type":"EmergencyGranted"'))).toBe(true);
    await operator.kill();
    await oncall.close();
  });
});

describe('with the operator gone', () => {
  it('takes the access away itself, before anything else, and leaves nothing', async () => {
    await installDaypass(stage.cluster);
    await putPolicy(stage.admin, POLICY);
    await using operator = await startOperator(await daypassKubeconfig(stage.cluster, OPERATOR_NAME));
    using grants = await Grants.watch(stage);
    await grants.make(await stage.as('dana', GROUP), NAMESPACE);
    await operator.kill();

    const order = await orderOf(async () => {
      const { code, stdout, stderr } = await uninstall();
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toContain('the operator: no sign of it for 10 s, so all is done without it\n');
      expect(stdout).toMatch(/^access taken away: payments\/daypass-\S+: daypass-pod-logs, asked for by dana, until /m);
    });
    expect(order).toEqual(['RoleBinding', ...Array<string>(3).fill('CustomResourceDefinition')]);
    expect(await leftovers(stage.cluster)).toBe('');
    expect((await recorded('AccessRequest')).at(-1)).toContain(FINALIZER);
  });

  it('has nothing to do any more', async () => {
    expect(await uninstall()).toEqual({ code: 0, stdout: 'there is nothing of Daypass in this cluster\n', stderr: '' });
  });
});

describe('an uninstall that cannot begin', () => {
  it.each([
    ['without a record', [], '--record FILE is needed: requests, reviews and policies are about to be deleted, '],
    [
      'with one that cannot be written',
      ['--record', '/no/such/file'],
      '--record /no/such/file: no such file or directory\n',
    ],
  ])('says why: %s', async (_how, flags, message) => {
    const kubeconfig = ['--kubeconfig', stage.cluster.kubeconfig];
    const { code, stdout, stderr } = await runProgram(
      process.execPath,
      daypassArgs('uninstall', ...kubeconfig, ...flags),
    );
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr.startsWith(message)).toBe(true);
  });

  it('says why: without an API server', async () => {
    await stage.cluster.kill();
    const { code, stderr } = await uninstall();
    expect(code).toBe(1);
    expect(stderr).toMatch(/^the API server: connect ECONNREFUSED \S+\. Put that right, then run this again: /);
  });
});
