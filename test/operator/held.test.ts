import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCESS_REQUESTS } from '../../src/api/access-request.ts';
import { CONFIG_MAPS, JOBS, ROLE_BINDINGS } from '../../src/api/kubernetes.ts';
import { FUSE_GRACE } from '../../src/grant/objects.ts';
import type { HttpClient } from '../../src/runtime/http-client.ts';
import { apiVersionOf, type KubernetesObject, type Resource } from '../../src/runtime/object.ts';
import { daypassArgs, daypassKubeconfig } from '../support/operator.ts';
import { runProgram } from '../support/run-program.ts';
import { type Grant, Grants } from './grant.ts';
import { GROUP, newStage, type Stage } from './stage.ts';

const SECONDS = 12;
/** When all fuses have burnt, and Kubernetes' own controllers have done what they do, in milliseconds. */
const BURNT = (SECONDS + FUSE_GRACE + 15) * 1000;

/** How an object may name a binding whose uid it knows, and where it may be. */
const HOLDS = [
  { how: 'by its name', owner: {}, namespace: 'payments' },
  { how: 'by another name', owner: { name: 'other' }, namespace: 'payments' },
  { how: 'as another kind', owner: { apiVersion: 'v1', kind: 'Secret', name: 'other' }, namespace: 'payments' },
  { how: 'from another namespace', owner: {}, namespace: 'elsewhere' },
];

let stage: Stage;
let grants: Grants;
let developer: HttpClient;
/** One that is let be, one whose fuse is held, and one for each way to hold the binding. */
let free: Grant;
let fuseHeld: Grant;
let held: readonly Grant[];

beforeAll(async () => {
  stage = await newStage();
  grants = await Grants.watch(stage);
  developer = await stage.as('dana', GROUP);
  for (const namespace of ['payments', 'elsewhere']) await stage.namespace(namespace);
  await using operator = await stage.operator();
  const make = () => grants.make(developer, 'payments', { duration: `${SECONDS}s` });
  [free, fuseHeld, ...held] = await Promise.all([make(), make(), ...HOLDS.map(make)]);
  await operator.kill();
});

afterAll(async () => {
  grants[Symbol.dispose]();
  await stage[Symbol.asyncDispose]();
});

/** Makes something that the collector waits for before it takes an object of this grant. */
async function hold(
  resource: Resource,
  grant: Grant,
  { owner, namespace }: Pick<(typeof HOLDS)[0], 'owner' | 'namespace'>,
) {
  const { metadata } = await stage.admin.get(resource, { namespace: grant.namespace, name: grant.managed });
  const { name = '', uid = '' } = metadata;
  const named = { apiVersion: apiVersionOf(resource), kind: resource.kind, name, ...owner };
  const ownerReferences = [{ ...named, uid, blockOwnerDeletion: true }];
  await stage.admin.create(CONFIG_MAPS, {
    metadata: { generateName: 'hold-', namespace, finalizers: ['example.com/hold'], ownerReferences },
  });
}

describe('with the operator dead, what the collector is made to wait for', () => {
  beforeAll(async () => {
    await hold(JOBS, fuseHeld, { owner: {}, namespace: 'payments' });
    await Promise.all(HOLDS.map((how, index) => hold(ROLE_BINDINGS, grantAt(index), how)));
    await grants.gone(free, BURNT);
  });

  it('keeps no binding if it names the fuse, whose uid is no secret (P2)', async () => {
    await grants.gone(fuseHeld, BURNT);
    const { metadata } = await stage.admin.get(JOBS, { namespace: 'payments', name: fuseHeld.managed });
    expect(metadata.finalizers).toEqual(['foregroundDeletion']);
  });

  it.each(HOLDS.map(({ how }, index) => ({ how, index })))(
    'keeps a binding whose uid it names $how',
    async ({ index }) => {
      // The collector takes them one after the other.
      const finalizers = async () => (await bindingOf(grantAt(index))).metadata.finalizers;
      await expect.poll(finalizers, { timeout: BURNT }).toEqual(['foregroundDeletion']);
    },
  );

  it('which the requester is not told', async () => {
    const { metadata } = await bindingOf(grantAt(0));
    const request = await developer.get(ACCESS_REQUESTS.resource, { namespace: 'payments', name: grantAt(0).name });
    expect(JSON.stringify(request)).not.toContain(metadata.uid);
    const reading = bindingOf(grantAt(0), developer);
    await expect(reading).rejects.toMatchObject({ reason: 'Forbidden' });
  });

  it('keeps none from the sweep', async () => {
    const kubeconfig = await daypassKubeconfig(stage.cluster, 'daypass-sweep');
    expect(await runProgram(process.execPath, daypassArgs('sweep', '--kubeconfig', kubeconfig))).toMatchObject({
      code: 0,
    });
    for (const grant of held) await grants.gone(grant);
  });
});

function grantAt(index: number): Grant {
  const grant = held[index];
  if (!grant) throw new Error('there is one for each way');
  return grant;
}

function bindingOf({ managed }: Grant, client: HttpClient = stage.admin): Promise<KubernetesObject> {
  return client.get(ROLE_BINDINGS, { namespace: 'payments', name: managed });
}
