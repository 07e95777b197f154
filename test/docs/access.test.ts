import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OPERATOR_NAME } from '../../src/api/names.ts';
import { type Caller, callerFrom } from '../identity/caller.ts';
import { effective } from '../identity/stage.ts';
import { type ControlPlane, startControlPlane } from '../support/controlplane.ts';
import { installDaypass } from '../support/install.ts';
import { kubectlOk } from '../support/kubectl.ts';
import { daypassKubeconfig, type OperatorProcess, startOperator } from '../support/operator.ts';
import { blocksOf, firstManifest, manifestsUnder, scriptOf } from './page.ts';
import { runScript } from './shell.ts';

const INSTALL = 'docs/install.md';
const REQUEST = 'docs/access-request.md';
const POLICY = 'docs/access-policy.md';
const REVIEW = 'docs/access-review.md';
const MAY_ASK = { group: 'daypass.dev', resource: 'accessrequests', verb: 'create', namespace: 'payments' };
const IN_PAYMENTS = '--namespace=payments';

let cluster: ControlPlane;
let jane: string;
let janeCalls: Caller;
let lena: string;
let priya: string;
let operator: OperatorProcess;

beforeAll(async () => {
  cluster = await startControlPlane();
  await installDaypass(cluster);
  await kubectlOk(['create', 'namespace', 'payments'], cluster);
  await apply(manifestsUnder(INSTALL, 'Let people use it'));
  await apply(manifestsUnder(INSTALL, 'Who writes policies'));
  jane = await cluster.user('jane', ['developers', 'payments-oncall']);
  janeCalls = await callerFrom(jane);
  lena = await cluster.user('lena', ['payments-leads']);
  await effective(janeCalls, MAY_ASK);
  await effective(await callerFrom(lena), { ...MAY_ASK, resource: 'accessreviews' });
  priya = await cluster.user('priya', ['platform-team']);
  await effective(await callerFrom(priya), { group: 'daypass.dev', resource: 'accesspolicies', verb: 'grant' });
  operator = await startOperator(await daypassKubeconfig(cluster, OPERATOR_NAME));
  await operator.ready();
});

afterAll(async () => {
  await operator.kill();
  await cluster.stop();
});

function apply(input: string): Promise<string> {
  return kubectlOk(['apply', '--filename=-'], { ...cluster, input });
}

/** Jane creates it; resolves with `accessrequest.daypass.dev/<name>`. */
async function ask(input: string): Promise<string> {
  return (await kubectlOk(['create', '--filename=-', '--output=name'], { kubeconfig: jane, input })).trim();
}

/** Resolves once kubectl sees it: `condition=Active`, `delete` and the like. */
async function reaches(object: string, what: string): Promise<void> {
  await kubectlOk(['wait', object, IN_PAYMENTS, `--for=${what}`, '--timeout=60s'], cluster);
}

function show(object: string, path: string): Promise<string> {
  return kubectlOk(['get', object, IN_PAYMENTS, `--output=jsonpath=${path}`], cluster);
}

/** Lena approves by the example of the README. */
async function approve(request: string): Promise<void> {
  const [, name = ''] = request.split('/');
  await runScript(scriptOf('README.md', 'A review').replaceAll('NAME', name), lena);
}

describe('access by the docs', () => {
  it('by permission: once it is made grantable, the examples lead to the log of one pod', async () => {
    const get = (pod: string) => janeCalls.get(`/api/v1/namespaces/payments/pods/${pod}`);
    const log = (pod: string) => get(`${pod}/log`);
    await apply(scriptOf(INSTALL, 'Make permissions grantable', 'yaml'));
    await runScript('kubectl apply -f examples/permission-policy.yaml', priya);
    await reaches('accesspolicy/payments-permissions', 'condition=Ready');
    expect(await log('checkout-6d5f9c')).toMatchObject({ code: 403 });
    const created = await runScript('kubectl create -f examples/permission-request.yaml --output=name', jane);
    await reaches(created.trim(), 'condition=Active');
    const right = { group: '', resource: 'pods', subresource: 'log', verb: 'get', namespace: 'payments' };
    await effective(janeCalls, { ...right, name: 'checkout-6d5f9c' });
    expect(await log('checkout-6d5f9c')).toMatchObject({ code: 404 });
    expect(await get('checkout-6d5f9c')).toMatchObject({ code: 404 }); // which kubectl logs does first
    expect(await log('ledger-84c9b7')).toMatchObject({ code: 403 });
    await kubectlOk(['delete', created.trim(), IN_PAYMENTS], { kubeconfig: jane });
    expect(await kubectlOk(['get', 'roles,rolebindings', IN_PAYMENTS, '--output=name'], cluster)).not.toMatch(
      /\/daypass-[0-9a-f]{8}-/,
    );
  });

  it('in an emergency: granted at once, kept when it is deleted, and let go when a lead has looked at it', async () => {
    await runScript('kubectl apply -f examples/emergency-policy.yaml', cluster.kubeconfig);
    await reaches('accesspolicy/payments-breakglass', 'condition=Ready');
    const created = await runScript('kubectl create -f examples/emergency-request.yaml --output=name', jane);
    const request = created.trim();
    await reaches(request, 'condition=Active');
    await kubectlOk(['delete', request, IN_PAYMENTS, '--wait=false'], { kubeconfig: jane });
    await reaches(request, 'condition=Ended');
    const [list] = blocksOf(REVIEW).filter(({ section, text }) => {
      return section === 'As a reviewer' && text.includes('OVERDUE');
    });
    expect(await runScript(list?.text ?? '', lena)).toMatch(/Z +<none> +<none> +checkout-down-\w+ +jane +INC-4711 /);
    await approve(request);
    await reaches(request, 'delete');
  });

  it('in an emergency: whoever has breakglass lets it go though nobody has looked at it', async () => {
    await apply(scriptOf(REQUEST, 'Ending a grant early', 'yaml'));
    await kubectlOk(
      ['create', 'clusterrolebinding', 'greta', '--clusterrole=daypass-breakglass', '--user=greta'],
      cluster,
    );
    const greta = await cluster.user('greta', []);
    await effective(await callerFrom(greta), { ...MAY_ASK, verb: 'breakglass' });
    const request = await ask(firstManifest(REQUEST, 'emergency: true'));
    await reaches(request, 'condition=Active');
    await kubectlOk(['delete', request, IN_PAYMENTS, '--wait=false'], { kubeconfig: greta });
    await reaches(request, 'condition=Ended');
    const free = ['patch', request, IN_PAYMENTS, '--type=merge', '--patch={"metadata":{"finalizers":null}}'];
    await kubectlOk(free, { kubeconfig: greta });
    expect(await kubectlOk(['get', 'areq', IN_PAYMENTS, '--output=name'], cluster)).not.toContain(request);
  });

  it('for longer: the example takes over', async () => {
    await apply(firstManifest(POLICY));
    await reaches('accesspolicy/payments-oncall', 'condition=Ready');
    const before = await ask(firstManifest(REQUEST));
    await reaches(before, 'condition=Active');
    const uid = await show(before, '{.metadata.uid}');
    const after = await ask(firstManifest(REQUEST, 'extends:').replace(/ uid: .*/, ` uid: ${uid}`));
    await reaches(after, 'condition=Active');
    await reaches(before, 'jsonpath={.status.phase}=Expired');
    const why = await show(before, '{.status.conditions[?(@.type=="Ended")].message}');
    expect(why).toContain(`${after.split('/')[1]} has taken over, until `);
  });

  it('for a service account: it has the access once a lead has agreed', async () => {
    await apply(scriptOf(POLICY, 'On behalf of service accounts', 'yaml'));
    await reaches('accesspolicy/payments-migrations', 'condition=Ready');
    const request = await ask(firstManifest(REQUEST, 'subject:'));
    await reaches(request, 'jsonpath={.status.phase}=Pending');
    await approve(request);
    await reaches(request, 'condition=Active');
    const uid = await show(request, '{.metadata.uid}');
    const subjects = await show(`rolebinding/daypass-${uid}`, '{.subjects}');
    expect(JSON.parse(subjects)).toEqual([{ kind: 'ServiceAccount', namespace: 'ci', name: 'deployer' }]);
  });
});
