import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { stringify } from 'yaml';
import { z } from 'zod';
import { callerFrom } from '../identity/caller.ts';
import { effective } from '../identity/stage.ts';
import { type ControlPlane, startControlPlane } from '../support/controlplane.ts';
import { installDaypass } from '../support/install.ts';
import { kubectl, kubectlOk } from '../support/kubectl.ts';
import { uniqueName } from '../support/shared.ts';

function requestNamed(name: string, requester?: object) {
  return {
    apiVersion: 'daypass.dev/v1alpha1',
    kind: 'AccessRequest',
    metadata: { name, namespace: 'default' },
    spec: { roleRef: { kind: 'ClusterRole', name: 'daypass-view' }, ...(requester && { requester }) },
  };
}

const SPEC_SCHEMA = '/spec/versions/0/schema/openAPIV3Schema/properties/spec';

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
    return kubectl(['create', '--filename=-'], {
      ...dana,
      input: stringify(requestNamed(uniqueName('ask'), requester)),
    });
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
    const stderr: unknown = expect.stringContaining(`'daypass-hold-identity' denied request: ${says}`);
    expect(await ask({ ...(await whoami()), ...lie })).toMatchObject({ code: 1, stderr });
  });

  it('a forged reviewer is refused, and a true one passes', async () => {
    const review = (reviewer: object) => ({
      apiVersion: 'daypass.dev/v1alpha1',
      kind: 'AccessReview',
      metadata: { name: uniqueName('review'), namespace: 'default' },
      spec: { request: { name: 'any', uid: crypto.randomUUID() }, decision: 'Approve', reviewer },
    });
    const give = (reviewer: object) =>
      kubectl(['create', '--filename=-'], { ...dana, input: stringify(review(reviewer)) });
    const me = await whoami();
    const stderr: unknown = expect.stringContaining(
      "'daypass-hold-identity' denied request: spec.reviewer.username and spec.reviewer.uid must be your own",
    );
    expect(await give({ ...me, username: 'lena' })).toMatchObject({ code: 1, stderr });
    expect(await give(me)).toMatchObject({ code: 0 });
  });

  it('the spec is held by the policy too, should the CRD have lost its rule', async () => {
    await kubectlOk(['create', '--filename=-'], { ...dana, input: stringify(requestNamed('held', await whoami())) });
    const lost = [{ op: 'remove', path: `${SPEC_SCHEMA}/x-kubernetes-validations` }];
    await kubectlOk(
      ['patch', 'crd/accessrequests.daypass.dev', '--type=json', `--patch=${JSON.stringify(lost)}`],
      cluster,
    );
    const change = ['patch', 'areq/held', '--type=merge', '--patch={"spec":{"reason":"another"}}'];
    await vi.waitFor(
      async () => {
        const stderr: unknown = expect.stringContaining(
          "'daypass-hold-objects' denied request: the spec of requests and reviews",
        );
        expect(await kubectl(change, { kubeconfig: cluster.kubeconfig })).toMatchObject({ code: 1, stderr });
      },
      { timeout: 30_000 },
    );
  });
});
