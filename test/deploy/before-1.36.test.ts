import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { z } from 'zod';
import { defend } from '../attacks/defend.ts';
import { FORGERS } from '../attacks/forger.ts';
import { callerFrom } from '../identity/caller.ts';
import { effective, newStage } from '../identity/stage.ts';
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

  it('a reviewer who fills in the truth passes', async () => {
    const review = {
      apiVersion: 'daypass.dev/v1alpha1',
      kind: 'AccessReview',
      metadata: { name: uniqueName('review'), namespace: 'default' },
      spec: { request: { name: 'any', uid: crypto.randomUUID() }, decision: 'Approve', reviewer: await whoami() },
    };
    const input = stringify(review);
    expect(await kubectl(['create', '--filename=-'], { ...dana, input })).toMatchObject({ code: 0 });
  });

  defend(FORGERS, () => newStage({}, cluster));
});
