import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type ControlPlane, startControlPlane } from '../support/controlplane.ts';
import { installDaypass } from '../support/install.ts';
import { kubectlOk } from '../support/kubectl.ts';
import { ok, refusedBy } from './answers.ts';
import { type Caller, callerFrom } from './caller.ts';
import { accessPolicy, POLICIES } from './grant.ts';
import { bindInCluster, createRole } from './stage.ts';

const SPEC_SCHEMA = '/spec/versions/0/schema/openAPIV3Schema/properties/spec';
const READ_LOGS = { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] };
const ALLOW = accessPolicy({ permissions: [READ_LOGS] });
const REFUSED = refusedBy(
  'daypass-policy-authors',
  'who writes an Allow policy with spec.permissions needs the verb grant on accesspolicies',
);

/** On a control plane whose CRD takes every field, so that none is dropped before admission sees it. */
describe('a policy that gives permissions without a role', () => {
  let cluster: ControlPlane;
  let admin: Caller;

  beforeAll(async () => {
    cluster = await startControlPlane();
    await installDaypass(cluster);
    admin = await callerFrom(cluster.kubeconfig);
    const open = [{ op: 'add', path: `${SPEC_SCHEMA}/x-kubernetes-preserve-unknown-fields`, value: true }];
    await kubectlOk(
      ['patch', 'crd/accesspolicies.daypass.dev', '--type=json', `--patch=${JSON.stringify(open)}`],
      cluster,
    );
    await vi.waitFor(
      async () => {
        const { spec } = ok(await admin.create(POLICIES, ALLOW));
        if (!JSON.stringify(spec).includes('permissions')) throw new Error('the field is still dropped');
      },
      { timeout: 30_000 },
    );
  });

  afterAll(async () => {
    await cluster.stop();
  });

  async function author(name: string, ...roles: readonly string[]): Promise<Caller> {
    const caller = await callerFrom(await cluster.user(name));
    for (const role of roles) await bindInCluster(admin, role, { kind: 'User', name }, caller);
    return caller;
  }

  it('is refused to an author', async () => {
    const paul = await author('paul', 'daypass-policy-author');
    expect(await paul.create(POLICIES, ALLOW)).toEqual(REFUSED);
  });

  it('is open to an author who has the verb grant', async () => {
    await createRole(admin, 'grants', [
      { apiGroups: ['daypass.dev'], resources: ['accesspolicies'], verbs: ['grant'] },
    ]);
    const petra = await author('petra', 'daypass-policy-author', 'grants');
    expect(await petra.create(POLICIES, ALLOW)).toMatchObject({ code: 201 });
  });
});
