import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { OPERATOR_NAMESPACE } from '../../src/api/names.ts';
import { INSTALLED_KINDS, installed } from '../../src/cli/uninstall/installation.ts';
import { connect } from '../../src/runtime/http-client.ts';
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
    const runs = ['Deployment', 'PodDisruptionBudget', 'CronJob'];
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

  it('nothing that an uninstall would not find', async () => {
    const client = await connect(sharedControlPlane());
    const found = await Promise.all(INSTALLED_KINDS.map((resource) => installed(client, resource)));
    await client.close();
    const names = new Set(found.flat().map(({ kind, metadata }) => `${kind} ${metadata.name}`));
    const objects = await render('local');
    const missed = objects.filter(({ kind, metadata: { name, namespace } }) => {
      return namespace === undefined ? !names.has(`${kind} ${name}`) : namespace !== OPERATOR_NAMESPACE;
    });
    expect(missed).toEqual([]);
    expect(objects.length).toBeGreaterThan(50);
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
  it('changes nothing, and keeps the checkpoint, the Lease and the aggregated rules', async () => {
    const cluster = sharedControlPlane();
    const checkpoint = ['configmap/daypass-checkpoint', '--namespace=daypass-system'];
    await kubectlOk(['patch', ...checkpoint, '--type=merge', '--patch={"data":{"kept":"yes"}}'], cluster);
    const lease = ['lease/daypass-operator', '--namespace=daypass-system'];
    await kubectlOk(['patch', ...lease, '--type=merge', '--patch={"spec":{"holderIdentity":"kept"}}'], cluster);
    const overlay = fileURLToPath(new URL('../../deploy/local', import.meta.url));
    const changes = (await kubectlOk(['apply', '-k', overlay], cluster)).trim().split('\n');
    expect(changes.filter((line) => !line.endsWith(' unchanged'))).toEqual([]);
    expect(await kubectlOk(['get', ...checkpoint, '--output=jsonpath={.data.kept}'], cluster)).toBe('yes');
    expect(await kubectlOk(['get', ...lease, '--output=jsonpath={.spec.holderIdentity}'], cluster)).toBe('kept');
  });
});
