import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type ControlPlane, startControlPlane } from '../support/controlplane.ts';
import { tryScript } from '../docs/shell.ts';
import { kubectlOk } from '../support/kubectl.ts';
import { isInteractive, typedIn } from './second-terminal.ts';
import { folderIn, root, tell } from './telling.ts';

const PATIENCE = 300_000;

/** What comes of what it says to type next, in that order, but for what wants a person at the keyboard. */
const NEXT = [
  ['create', / created$/],
  ['get', /^checkout-5xx-\S+ +jane-\S+ +daypass-pod-logs +Active +\S+Z/m],
  ['get', /^checkout-6d5f9c /m],
  ['create', / created$/],
  [
    'get',
    /^checkout-5xx-\S+ +Denied +no policy permits this: .* it does not give daypass-view, only daypass-pod-logs/m,
  ],
  ['create', / created$/],
  ['get', /^restart-checkout-\S+-approve /m],
  ['get', /^restart-checkout-\S+-approve /m],
  ['get', / Warning +Denied /],
  ['get', /^rolebinding\S+\/daypass-[^]*^job\S+\/daypass-/m],
  ['delete', / deleted /],
  ['get', /\(Forbidden\)/],
] as const;

let cluster: ControlPlane;
let scratch: string;
let before: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'daypass-test-'));
  cluster = await startControlPlane();
  before = await everythingOn(cluster);
});

afterAll(async () => {
  await cluster.stop();
  await rm(scratch, { recursive: true, force: true });
});

test('without kubectl it does the same over the API, stays up until Ctrl-C, and removes all it made', {
  timeout: PATIENCE,
}, async () => {
  await symlink(process.execPath, join(scratch, 'node'));
  const telling = tell(['--kubeconfig', cluster.kubeconfig], { path: scratch });
  const story = await telling.said('Ctrl-C stops everything');
  expect(story).toContain('There is no kubectl on PATH');
  expect(story).toContain("alias kubectl='npm run -s controlplane -- kubectl'");
  expect(story).toMatch(/jane-\w+\$ POST \/apis\/daypass\.dev\/v1alpha1\/namespaces\/payments-\w+\/accessrequests/);
  expect(story).toContain('✓ every step is there, once');

  const typed = typedIn(story);
  const looks = typed.filter(({ line }) => line.includes(' get accessrequests '));
  expect(looks.findIndex(({ line }) => line.includes(' --watch '))).toBe(looks.length - 1);
  const runnable = typed.filter(({ line }) => !isInteractive(line));
  expect(runnable.map(({ line }) => / (get|create|delete) /.exec(line)?.[1])).toEqual(NEXT.map(([verb]) => verb));
  for (const [index, { script }] of runnable.entries()) {
    const [verb, answer] = NEXT[index] ?? ['', ''];
    const type = async () => {
      const { stdout, stderr } = await tryScript(script, cluster.kubeconfig);
      return (stdout + stderr).trim();
    };
    // RBAC and the operator take a moment; what creates or deletes is typed once.
    if (verb === 'get') await expect.poll(type, { interval: 200 }).toMatch(answer);
    else expect(await type()).toMatch(answer);
  }

  telling.interrupt();
  expect((await telling.ended).code).toBe(0);
  expect(await everythingOn(cluster)).toBe(before);
});

test.each([
  ['is not there', () => '/no/such/file', 'no such file or directory'],
  ['leads nowhere', nowhere, 'its cluster cannot be used: connect ECONNREFUSED 127.0.0.1:1'],
])('a kubeconfig that %s is named with its flag, and with what is wrong', async (_what, file, wrong) => {
  const kubeconfig = await file();
  const { code, output } = await tell(['--once', '--kubeconfig', kubeconfig]).ended;
  expect(output).toContain(`  ✗ --kubeconfig ${kubeconfig}: ${wrong}\n`);
  expect(code).toBe(1);
});

/** A kubeconfig in order, of a server that is not there. */
async function nowhere(): Promise<string> {
  const path = join(scratch, 'nowhere.kubeconfig');
  const text = await readFile(cluster.kubeconfig, 'utf8');
  await writeFile(path, text.replace(/server: \S+/, 'server: https://127.0.0.1:1'));
  return path;
}

test('a policy that permits nothing fails the story, and the cluster is as it was', { timeout: PATIENCE }, async () => {
  const checkout = join(scratch, 'checkout');
  for (const part of ['scripts', 'src', 'deploy', 'crds', 'examples', 'package.json']) {
    await cp(join(root, part), join(checkout, part), { recursive: true });
  }
  await symlink(join(root, 'node_modules'), join(checkout, 'node_modules'));
  const policy = join(checkout, 'examples/policy.yaml');
  await writeFile(policy, (await readFile(policy, 'utf8')).replace('daypass-pod-logs', 'daypass-restart'));
  const { code, output } = await tell(['--once', '--kubeconfig', cluster.kubeconfig], { from: checkout }).ended;
  expect(output).toMatch(/✗ checkout-5xx-\w+ is Denied: .*it does not give daypass-pod-logs, only daypass-restart/);
  expect(output).toContain("The operator's last words:");
  expect(code).toBe(1);
  expect(await everythingOn(cluster)).toBe(before);
});

test('stopped while access is given, it revokes it and removes all it made', { timeout: PATIENCE }, async () => {
  const telling = tell(['--once', '--kubeconfig', cluster.kubeconfig]);
  await telling.said('access ends at');
  telling.letGo();
  const { code, output } = await telling.ended;
  expect(output).toContain('✗ stopped: standard input ended');
  expect(code).toBe(1);
  expect(await everythingOn(cluster)).toBe(before);
});

test('without its operator the story fails, and what was granted is revoked all the same', {
  timeout: PATIENCE,
}, async () => {
  const telling = tell(['--once', '--kubeconfig', cluster.kubeconfig]);
  await telling.said('access ends at');
  process.kill(telling.childRunning('src/main.ts operator'), 'SIGKILL');
  const { code, output } = await telling.ended;
  expect(output).toContain('✗ the operator was ended by SIGKILL');
  expect(code).toBe(1);
  expect(await everythingOn(cluster)).toBe(before);
});

test('killed, it takes the operator with it, and the next one leaves what it finds alone', {
  timeout: PATIENCE,
}, async () => {
  const telling = tell(['--once', '--kubeconfig', cluster.kubeconfig]);
  const folder = folderIn(await telling.said('1. jane'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  telling.kill();
  await telling.ended;
  const log = join(folder, 'operator.log');
  await expect.poll(() => answers(log)).toBe(false);

  const left = withoutJobs(await everythingOn(cluster));
  const { code, output } = await tell(['--once', '--kubeconfig', cluster.kubeconfig]).ended;
  expect(output).toContain('Daypass, or a part of it, is on this cluster already: customresourcedefinitions/');
  expect(code).toBe(1);
  expect(withoutJobs(await everythingOn(cluster))).toBe(left);
});

/** Whether the operator that writes this log still answers. */
async function answers(log: string): Promise<boolean> {
  const port = /"port":([0-9]+)/.exec(await readFile(log, 'utf8'))?.[1];
  return fetch(`http://127.0.0.1:${port}/healthz`).then(
    () => true,
    () => false,
  );
}

/** Fuses burn by themselves. */
function withoutJobs(names: string): string {
  return names.replaceAll(/^job\.batch\/.*\n/gm, '');
}

/** The names of everything that it could have left behind. */
async function everythingOn({ kubeconfig }: ControlPlane): Promise<string> {
  const kinds = ['namespaces', 'crds', 'validatingadmissionpolicies', 'mutatingadmissionpolicies', 'clusterroles'];
  const more = ['validatingadmissionpolicybindings', 'mutatingadmissionpolicybindings', 'clusterrolebindings'];
  const inside = ['rolebindings', 'roles', 'jobs', 'pods', 'serviceaccounts'];
  const all = [...kinds, ...more, ...inside].join();
  return kubectlOk(['get', all, '--all-namespaces', '--output=name'], { kubeconfig });
}
