import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments, stringify } from 'yaml';
import { z } from 'zod';
import { callerFrom } from '../identity/caller.ts';
import { effective } from '../identity/stage.ts';
import { type ControlPlane, startControlPlane } from '../support/controlplane.ts';
import { installDaypass } from '../support/install.ts';
import { kubectl, kubectlOk } from '../support/kubectl.ts';
import { sharedControlPlane } from '../support/shared.ts';

const Manifest = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
});

/** What an overlay under deploy/ holds, rendered as users do it. */
async function render(overlay: string) {
  const path = fileURLToPath(new URL(`../../deploy/${overlay}`, import.meta.url));
  const yaml = await kubectlOk(['kustomize', path], sharedControlPlane());
  return parseAllDocuments(yaml).map((document) => Manifest.parse(document.toJS()));
}

function isStamp({ kind }: z.infer<typeof Manifest>): boolean {
  return kind.startsWith('MutatingAdmissionPolicy');
}

describe('an overlay renders', () => {
  it('everything, for 1.36 and newer', async () => {
    const kinds = (await render('.')).map(({ kind }) => kind);
    expect(kinds).toEqual(
      expect.arrayContaining(['CustomResourceDefinition', 'Deployment', 'MutatingAdmissionPolicy']),
    );
  });

  it('all but what runs, for trying out', async () => {
    const everything = await render('.');
    const runs = ['Deployment', 'CronJob'];
    expect(await render('local')).toEqual(everything.filter(({ kind }) => !runs.includes(kind)));
  });

  it('all but the stamps, for 1.30 to 1.35', async () => {
    const everything = await render('.');
    expect(everything.some(isStamp)).toBe(true);
    expect(await render('pre-1.36')).toEqual(everything.filter((object) => !isStamp(object)));
  });

  it('nothing that carries the label of what Daypass makes, which the sweep deletes', async () => {
    const labelled = (await render('.')).filter(({ metadata }) => JSON.stringify(metadata).includes('managed-by'));
    expect(labelled).toEqual([]);
  });

  it('every policy failing closed, with a binding that denies', async () => {
    const Policy = z.looseObject({ failurePolicy: z.literal('Fail') });
    const Binding = z.object({ policyName: z.string(), validationActions: z.tuple([z.literal('Deny')]) });
    const objects = await render('.');
    const policies = objects.filter(({ kind }) => kind === 'ValidatingAdmissionPolicy');
    const bindings = objects.filter(({ kind }) => kind === 'ValidatingAdmissionPolicyBinding');
    for (const { spec } of policies) Policy.parse(spec);
    expect(bindings.map(({ spec }) => Binding.parse(spec).policyName)).toEqual(
      policies.map(({ metadata }) => metadata.name),
    );
  });
});

describe('operator and sweep', () => {
  it('meet the restricted pod security standard, which their namespace enforces', async () => {
    const path = fileURLToPath(new URL('../../deploy/operator', import.meta.url));
    const { kubeconfig } = sharedControlPlane();
    const { code, stderr } = await kubectl(['apply', '--dry-run=server', '-k', path], { kubeconfig });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' }); // a pod that did not would be warned of
  });
});

describe('applying it again', () => {
  it('changes nothing, and keeps the checkpoint and the aggregated rules', async () => {
    const cluster = sharedControlPlane();
    const checkpoint = ['configmap/daypass-checkpoint', '--namespace=daypass-system'];
    await kubectlOk(['patch', ...checkpoint, '--type=merge', '--patch={"data":{"kept":"yes"}}'], cluster);
    const overlay = fileURLToPath(new URL('../../deploy/local', import.meta.url));
    const changes = (await kubectlOk(['apply', '-k', overlay], cluster)).trim().split('\n');
    expect(changes.filter((line) => !line.endsWith(' unchanged'))).toEqual([]);
    expect(await kubectlOk(['get', ...checkpoint, '--output=jsonpath={.data.kept}'], cluster)).toBe('yes');
  });
});

describe('before 1.36, without the stamps', () => {
  let cluster: ControlPlane;
  let dana: { kubeconfig: string };

  beforeAll(async () => {
    cluster = await startControlPlane();
    await installDaypass(cluster, { stamps: false });
    dana = { kubeconfig: await cluster.user('dana', ['developers', 'payments']) };
    await kubectlOk(['create', 'rolebinding', 'dana', '--clusterrole=daypass-requester', '--user=dana'], cluster);
    const right = { namespace: 'default', group: 'daypass.dev', resource: 'accessrequests', verb: 'create' };
    await effective(await callerFrom(dana.kubeconfig), right);
  });

  afterAll(async () => {
    await cluster.stop();
  });

  /** What `kubectl auth whoami` shows of the caller. */
  async function whoami() {
    const Review = z.object({ status: z.object({ userInfo: z.looseObject({ groups: z.array(z.string()) }) }) });
    return Review.parse(JSON.parse(await kubectlOk(['auth', 'whoami', '--output=json'], dana))).status.userInfo;
  }

  async function ask(requester?: object) {
    const request = {
      apiVersion: 'daypass.dev/v1alpha1',
      kind: 'AccessRequest',
      metadata: { generateName: 'ask-', namespace: 'default' },
      spec: { roleRef: { kind: 'ClusterRole', name: 'daypass-view' }, ...(requester && { requester }) },
    };
    return kubectl(['create', '--filename=-'], { ...dana, input: stringify(request) });
  }

  it('a requester who fills in the truth passes', async () => {
    expect(await ask(await whoami())).toMatchObject({ code: 0 });
  });

  it('groups are a set', async () => {
    const { groups, ...rest } = await whoami();
    expect(await ask({ ...rest, groups: groups.toReversed() })).toMatchObject({ code: 0 });
  });

  it('a requester who fills in nothing is told so', async () => {
    const stderr: unknown = expect.stringContaining('spec.requester: Required value');
    expect(await ask()).toMatchObject({ code: 1, stderr });
  });

  it.each([
    {
      what: 'username',
      lie: { username: 'root' },
      says: 'spec.requester.username and spec.requester.uid must be your own',
    },
    { what: 'uid', lie: { uid: '0' }, says: 'spec.requester.username and spec.requester.uid must be your own' },
    { what: 'groups', lie: { groups: ['system:masters'] }, says: 'spec.requester.groups must be exactly your own' },
    { what: 'fewer groups', lie: { groups: ['developers'] }, says: 'spec.requester.groups must be exactly your own' },
    { what: 'no groups', lie: { groups: undefined }, says: 'spec.requester.groups must be exactly your own' },
    {
      what: 'another key in extra',
      lie: { extra: { arn: ['root'] } },
      says: 'spec.requester.extra must hold your own',
    },
    {
      what: 'an unknown key in extra',
      lie: { extra: { mine: ['x'] } },
      says: 'spec.requester.extra must hold your own',
    },
    { what: 'no extra', lie: { extra: undefined }, says: 'spec.requester.extra must hold your own' },
  ])('a forged requester is refused: $what', async ({ lie, says }) => {
    const stderr: unknown = expect.stringContaining(`'daypass-hold-accessrequests' denied request: ${says}`);
    expect(await ask({ ...(await whoami()), ...lie })).toMatchObject({ code: 1, stderr });
  });
});
