import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OPERATOR_NAME } from '../../src/api/names.ts';
import { type Caller, callerFrom } from '../identity/caller.ts';
import { effective } from '../identity/stage.ts';
import { type ControlPlane, startControlPlane } from '../support/controlplane.ts';
import { installDaypass } from '../support/install.ts';
import { kubectl, kubectlOk } from '../support/kubectl.ts';
import { leftovers } from '../support/leftovers.ts';
import { daypassKubeconfig, type OperatorProcess, startOperator } from '../support/operator.ts';
import { blocksOf, firstManifest, manifestsUnder, scriptOf } from './page.ts';
import { newFolder, runScript, tryScript } from './shell.ts';

const INSTALL = 'docs/install.md';
const REQUEST = 'docs/access-request.md';
const POLICY = 'docs/access-policy.md';
const REVIEW = 'docs/access-review.md';
const PODS = '/api/v1/namespaces/payments/pods';
const ASK = { group: 'daypass.dev', resource: 'accessrequests', verb: 'create', namespace: 'payments' };
const GIVE_REVIEWS = { ...ASK, resource: 'accessreviews' };
const READ_EVENTS = { group: '', resource: 'events', verb: 'list', namespace: 'payments' };
const READ_PODS = { group: '', resource: 'pods', verb: 'list', namespace: 'payments' };

let cluster: ControlPlane;
/** A kubeconfig and the same person over plain HTTP. */
let jane: string;
let janeCalls: Caller;
/** Who can only ask, and two who can only review. */
let dora: string;
let lena: string;
let sue: string;
let operator: OperatorProcess | undefined;

beforeAll(async () => {
  cluster = await startControlPlane();
  jane = await cluster.user('jane', ['developers', 'payments-oncall']);
  janeCalls = await callerFrom(jane);
  dora = await cluster.user('dora', ['developers']);
  lena = await cluster.user('lena', ['payments-leads']);
  sue = await cluster.user('sue', ['security']);
});

afterAll(async () => {
  await operator?.kill();
  await cluster.stop();
});

async function startOver(): Promise<OperatorProcess> {
  await operator?.kill();
  operator = await startOperator(await daypassKubeconfig(cluster, OPERATOR_NAME));
  await operator.ready();
  await kubectlOk(['apply', '--filename=-'], { ...cluster, input: firstManifest(POLICY) });
  return operator;
}

/** Jane creates the request that docs/access-request.md begins with, or one for another role. */
async function janeAsksFor(role: string, condition: 'Active' | 'Ended'): Promise<void> {
  const input = firstManifest(REQUEST).replace('daypass-view', role);
  await kubectlOk(['create', '--filename=-'], { kubeconfig: jane, input });
  const decided = ['wait', 'areq/checkout-5xx', `--for=condition=${condition}`, '--timeout=60s'];
  await kubectlOk([...decided, '--namespace=payments'], { kubeconfig: jane });
}

/** She gets what it asks for. */
async function janeAsks(): Promise<void> {
  await janeAsksFor('daypass-view', 'Active');
  await effective(janeCalls, READ_PODS);
}

/** The namespace that the pages speak of, with whom they let ask there. */
async function namespaceForPeople(): Promise<void> {
  await kubectlOk(['create', 'namespace', 'payments'], cluster);
  await kubectlOk(['apply', '--filename=-'], { ...cluster, input: manifestsUnder(INSTALL, 'Let people use it') });
  await effective(janeCalls, ASK);
  await effective(await callerFrom(sue), GIVE_REVIEWS);
}

/** A review of a request that is not there, which nothing owns, and nobody but jane may delete. */
async function strayReview(): Promise<void> {
  await kubectlOk(['create', '--filename=-'], { kubeconfig: jane, input: firstManifest(REVIEW) });
}

describe('Daypass installed by its docs', { timeout: 240_000 }, () => {
  it('before 1.36: a request has to say who asks, and the docs say how', async () => {
    const [install = '', ask = ''] = blocksOf(INSTALL)
      .filter(({ section, language }) => section === 'Kubernetes 1.30 to 1.35' && language === 'sh')
      .map(({ text }) => text);
    await runScript(install, cluster.kubeconfig);
    await installDaypass(cluster, { stamps: false });
    await namespaceForPeople();

    expect(await runScript(ask, jane)).toMatch(/^accessrequest.daypass.dev\/checkout-5xx-\w+ created\n$/);
    expect(await tryScript(ask.replace(/^ +requester: .*\n/m, ''), jane)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('spec.requester: Required value') as unknown,
    });
    const asked = await kubectlOk(['get', 'areq', '--namespace=payments', '--output=name'], cluster);
    const review = scriptOf(INSTALL, 'Reviews before 1.36').replace('=checkout-5xx', `=${asked.trim().split('/')[1]}`);
    expect(await runScript(review, lena)).toMatch(/^accessreview.daypass.dev\/checkout-5xx-\S+ created\n$/);
    expect(await tryScript(review.replace(/^ +reviewer: .*\n/m, ''), lena)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('spec.reviewer: Required value') as unknown,
    });
    await kubectlOk(['delete', 'accessrequests', '--all', '--namespace=payments'], cluster);
  });

  it('from 1.36 on: the same cluster gets the stamp, and the examples lead to access', async () => {
    await runScript(scriptOf(INSTALL, 'Kubernetes 1.36 and newer'), cluster.kubeconfig);
    await installDaypass(cluster);
    await startOver();
    await runScript('kubectl apply -f examples/policy.yaml', cluster.kubeconfig);
    const created = await runScript('kubectl create -f examples/request.yaml --output=name', jane);
    const active = ['wait', created.trim(), '--namespace=payments', '--for=condition=Active', '--timeout=60s'];
    expect(await kubectl(active, { kubeconfig: jane })).toMatchObject({ code: 0 });
    await kubectlOk(['delete', created.trim(), '--namespace=payments'], { kubeconfig: jane });
  });

  it('the recipes for requesters work', async () => {
    await using folder = await newFolder();
    await writeFile(join(folder.path, 'request.yaml'), firstManifest(REQUEST));
    const recipes = blocksOf(REQUEST).filter(
      ({ section, language }) => section === 'As the requester' && language === 'sh',
    );
    let output = '';
    for (const { text } of recipes) {
      if (text.includes('kubectl events')) await effective(janeCalls, READ_EVENTS);
      output += await runScript(text, jane, folder.path);
    }
    expect(output).toMatch(/checkout-5xx +jane +daypass-view +Active/);
    expect(output).toMatch(/Z {2}Granted {2}daypass-view until /);
    expect(await janeCalls.get(PODS)).toMatchObject({ code: 403 });
  });

  it('the recipes for administrators work', async () => {
    await janeAsks();
    const output = await runScript(scriptOf(REQUEST, 'As an administrator'), cluster.kubeconfig);
    expect(output).toMatch(/payments +daypass-view +jane +jane +[\dTZ:-]+ +<none> +checkout-5xx/);
    expect(output).toMatch(/the binding was deleted\n$/);
    expect(await runScript(scriptOf(POLICY, 'With kubectl'), cluster.kubeconfig)).toMatch(
      /its roles exist and can be granted; .*$/,
    );
    await kubectlOk(['delete', 'areq/checkout-5xx', '--namespace=payments'], { kubeconfig: jane });
  });

  it('the recipes for reviewers work, and the example of the README', async () => {
    const policy = firstManifest(POLICY, 'required:');
    await kubectlOk(['apply', '--filename=-'], { ...cluster, input: policy });
    const name = 'restart-checkout-x7k2p';
    const ask = firstManifest(REQUEST).replace('checkout-5xx', name).replace('daypass-view', 'daypass-restart');
    await kubectlOk(['create', '--filename=-'], { kubeconfig: dora, input: ask });
    const pending = ['wait', `areq/${name}`, '--namespace=payments', '--for=jsonpath={.status.phase}=Pending'];
    await kubectlOk(pending, { kubeconfig: lena });

    const waiting = await runScript(scriptOf(REVIEW, 'As a reviewer'), lena);
    expect(waiting).toMatch(
      new RegExp(`^${name} +dora +daypass-restart .*still to come: 1 of Group payments-leads`, 'm'),
    );
    await runScript(scriptOf('README.md', 'A review').replaceAll('NAME', name), sue);
    const active = ['wait', `areq/${name}`, '--namespace=payments', '--for=condition=Active', '--timeout=60s'];
    await kubectlOk(active, { kubeconfig: dora });
    const agreed = await runScript(scriptOf(REVIEW, 'Who approved what'), sue);
    // Of two reviews in one second either may come first.
    expect(agreed).toMatch(/"approvedBy":\["(lena","sue|sue","lena)"\]/);
    expect(agreed).toMatch(/Z {2}Approve by lena\n/);
    expect(agreed).toMatch(/Z {2}Approve by sue\n/);

    const uid = await kubectlOk(['get', `areq/${name}`, '--namespace=payments', '--output=jsonpath={.metadata.uid}'], {
      kubeconfig: sue,
    });
    const revoke = firstManifest(REVIEW, 'decision: Revoke').replace(/uid: .*/, `uid: ${uid}`);
    await kubectlOk(['create', '--filename=-'], { kubeconfig: sue, input: revoke });
    const revoked = ['wait', `areq/${name}`, '--namespace=payments', '--for=jsonpath={.status.phase}=Revoked'];
    await kubectlOk(revoked, { kubeconfig: dora });
    await kubectlOk(['delete', `areq/${name}`, '--namespace=payments'], { kubeconfig: dora });
  });

  it('a requester finds out why a request was denied', async () => {
    await janeAsksFor('daypass-pod-exec', 'Ended');
    const output = await runScript(scriptOf(REQUEST, 'Why it was denied'), jane);
    const why = 'no policy permits this: .*payments-oncall: it does not give daypass-pod-exec, only daypass-pod-logs, ';
    expect(output).toMatch(new RegExp(`^${why}`));
    expect(output).toMatch(new RegExp(`^checkout-5xx +Denied +${why}`, 'm'));
    await kubectlOk(['delete', 'areq/checkout-5xx', '--namespace=payments'], { kubeconfig: jane });
  });

  it('whoever has the role that the docs make for it ends the grant of another', async () => {
    const role = scriptOf(REQUEST, 'Ending a grant early', 'yaml');
    await kubectlOk(['apply', '--filename=-'], { ...cluster, input: role });
    const bind = ['create', 'clusterrolebinding', 'greta', '--clusterrole=daypass-breakglass', '--user=greta'];
    await kubectlOk(bind, cluster);
    const greta = await cluster.user('greta', []);
    await effective(await callerFrom(greta), { ...ASK, verb: 'breakglass' });
    await janeAsks();
    await kubectlOk(['delete', 'areq/checkout-5xx', '--namespace=payments'], { kubeconfig: greta });
    expect(await janeCalls.get(PODS)).toMatchObject({ code: 403 });
  });

  it('goes by the README, grants first, and leaves nothing', async () => {
    await janeAsks();
    await strayReview();
    await using folder = await newFolder();
    const record = join(folder.path, 'record.jsonl');
    const script = scriptOf('README.md', 'Uninstall').replaceAll('FILE', cluster.kubeconfig);
    await runScript(script.replace(/--record \S+/, `--record ${record}`), cluster.kubeconfig);
    expect(await readFile(record, 'utf8')).toContain('"kind":"AccessReview"');
    expect(await leftovers(cluster)).toBe('');
    expect(await janeCalls.get(PODS)).toMatchObject({ code: 403 });
    await operator?.kill();
  });

  it('a namespace that hangs because the operator is gone is freed, without access', async () => {
    await runScript(scriptOf(INSTALL, 'Kubernetes 1.36 and newer'), cluster.kubeconfig);
    await installDaypass(cluster);
    const gone = await startOver();
    await janeAsks();
    await gone.kill();
    await kubectlOk(['delete', 'namespace', 'payments', '--wait=false'], cluster);
    const held = 'jsonpath={.status.conditions[?(@.type=="NamespaceFinalizersRemaining")].message}';
    const finalizers = ['wait', 'namespace/payments', '--for=condition=NamespaceFinalizersRemaining', '--timeout=60s'];
    await kubectlOk(finalizers, cluster);
    expect(await kubectlOk(['get', 'namespace', 'payments', '--output', held], cluster)).toContain(
      'daypass.dev/revoke',
    );
    expect(await janeCalls.get(PODS)).toMatchObject({ code: 403 });

    const output = await runScript(scriptOf(INSTALL, 'A namespace hangs in Terminating'), cluster.kubeconfig);
    expect(output).toBe('accessrequest.daypass.dev/checkout-5xx patched\n');
    await kubectlOk(['wait', 'namespace/payments', '--for=delete', '--timeout=60s'], cluster);
  });
});
