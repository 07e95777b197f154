import { connect as connectTls, type TLSSocket } from 'node:tls';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { ROLE_BINDINGS } from '../../src/api/kubernetes.ts';
import { kubectlOk } from '../support/kubectl.ts';
import type { OperatorProcess } from '../support/operator.ts';
import { Grants } from './grant.ts';
import { GROUP, newStage, type Stage } from './stage.ts';

/** More calls than the API server works on at once: by default 600 in all. */
const CALLS = 700;
/** One of them alone has so few queues that most of its calls would be refused. */
const ACCOUNTS = ['one', 'another'];
/** Milliseconds. */
const AT_ONCE = 1000;

const Kubeconfig = z.object({
  clusters: z.tuple([z.object({ cluster: z.object({ 'certificate-authority-data': z.base64() }) })]),
});

let stage: Stage;
let operator: OperatorProcess;
let grants: Grants;
let attackers: readonly (() => void)[];
const sockets: TLSSocket[] = [];

beforeAll(async () => {
  stage = await newStage();
  operator = await stage.operator();
  await stage.namespace('payments');
  grants = await Grants.watch(stage);
  attackers = await Promise.all(ACCOUNTS.map(attacker));
});

afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  grants[Symbol.dispose]();
  await operator[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
});

/** A service account without a right, which begins a call that everybody may make, and never ends what it sends. */
async function attacker(name: string): Promise<() => void> {
  const { kubeconfig, port } = stage.cluster;
  await kubectlOk(['create', 'serviceaccount', name, '--namespace=payments'], stage.cluster);
  const token = await kubectlOk(['create', 'token', name, '--namespace=payments'], stage.cluster);
  const [{ cluster }] = Kubeconfig.parse(parse(await readFile(kubeconfig, 'utf8'))).clusters;
  const ca = Buffer.from(cluster['certificate-authority-data'], 'base64');
  const begun = [
    'POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    `Authorization: Bearer ${token.trim()}`,
    'Content-Type: application/json',
    'Content-Length: 1000',
    '',
    '{',
  ].join('\r\n');
  return () => {
    const socket = connectTls({ host: '127.0.0.1', port, ca }, () => socket.write(begun));
    socket.on('error', () => undefined); // the API server ends what takes too long
    sockets.push(socket);
  };
}

/** Begins so many calls, and resolves as soon as one of them finds no seat among those of service accounts. */
async function begin(calls: number): Promise<void> {
  for (let n = 0; n < calls; n++) attackers[n % attackers.length]?.();
  const late = AbortSignal.timeout(30_000);
  while ((await waitingIn('workload-low')) === 0) late.throwIfAborted();
}

/** How many calls wait for a seat in this priority level. */
async function waitingIn(level: string): Promise<number> {
  const path = '/debug/api_priority_and_fairness/dump_priority_levels';
  const [names = [], ...levels] = (await kubectlOk(['get', '--raw', path], stage.cluster))
    .split('\n')
    .map((line) => line.split(',').map((cell) => cell.trim()));
  const found = levels.find(([name]) => name === level);
  return Number(found?.[names.indexOf('WaitingRequests')]);
}

it('service accounts that take all seats they can get keep no end waiting (P2)', async () => {
  const developer = await stage.as('dana', GROUP);
  const grant = await grants.make(developer, 'payments', { duration: '20s' });
  const end = Date.parse((await bindingOf(grant.managed)).metadata.annotations?.['daypass.dev/expires-at'] ?? '');
  await begin(CALLS);
  expect(Date.now()).toBeLessThan(end); // or nothing was kept waiting
  expect((await grants.gone(grant)) - end).toBeLessThan(AT_ONCE);
  await begin(1);
});

it('nor anybody who asks meanwhile', async () => {
  const grant = await grants.make(await stage.as('eve', GROUP), 'payments', { duration: '10m' });
  await begin(1);
  expect(grants.isAlive(grant)).toBe(true);
});

function bindingOf(name: string) {
  return stage.admin.get(ROLE_BINDINGS, { namespace: 'payments', name });
}
