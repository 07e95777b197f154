import { describe, expect, it } from 'vitest';
import { kubectlOk } from '../support/kubectl.ts';
import { sharedControlPlane, uniqueName } from '../support/shared.ts';

const apiVersion = 'admissionregistration.k8s.io/v1';
const FORGED = { uid: crypto.randomUUID(), generation: 7 };
/** It concerns nothing that there is. */
const NOTHING = [{ apiGroups: ['example.com'], apiVersions: ['*'], resources: ['nothing'], operations: ['CREATE'] }];

const KINDS = [
  {
    kind: 'ValidatingAdmissionPolicy',
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: { resourceRules: NOTHING },
      validations: [{ expression: 'true', message: 'x' }],
    },
    other: { failurePolicy: 'Ignore' },
  },
  {
    kind: 'ValidatingAdmissionPolicyBinding',
    spec: { policyName: 'no-such-policy', validationActions: ['Deny'] },
    other: { validationActions: ['Audit'] },
  },
];

/** What the fingerprint of the admission policies rests on, shown by whoever may do anything. */
describe.each(KINDS)('the API server, of a $kind', ({ kind, spec, other }) => {
  const name = uniqueName('mark');
  const cluster = sharedControlPlane();

  async function create(): Promise<string> {
    const input = JSON.stringify({ apiVersion, kind, metadata: { name, ...FORGED }, spec });
    await kubectlOk(['create', '--filename=-'], { ...cluster, input });
    return marks();
  }

  function marks(): Promise<string> {
    return kubectlOk(['get', kind, name, '--output=jsonpath={.metadata.uid} {.metadata.generation}'], cluster);
  }

  async function patched(change: object): Promise<string> {
    await kubectlOk(['patch', kind, name, '--type=merge', `--patch=${JSON.stringify(change)}`], cluster);
    return marks();
  }

  it('counts every change of the spec, gives each its own uid, and takes neither from anybody', async () => {
    const [uid, generation] = (await create()).split(' ');
    expect(uid).not.toBe(FORGED.uid);
    expect(generation).toBe('1');

    expect(await patched({ spec: other })).toBe(`${uid} 2`);
    expect(await patched({ spec })).toBe(`${uid} 3`); // as it was, and yet not the same
    expect(await patched({ spec })).toBe(`${uid} 3`);
    expect(await patched({ metadata: { generation: 1, labels: { team: 'x' } } })).toBe(`${uid} 3`);

    await kubectlOk(['delete', kind, name], cluster);
    const [again] = (await create()).split(' ');
    expect(again).not.toBe(uid);
    await kubectlOk(['delete', kind, name], cluster);
  });
});
