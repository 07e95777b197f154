import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { KubernetesObject } from '../../../src/runtime/object.ts';
import { isJsonObject } from '../../../src/runtime/merge-patch.ts';
import { type Cast, LOCAL_CAST } from './cast.ts';
import { readObjects } from '../install/kustomization.ts';
import type { Setting } from '../setting.ts';

/** Files that hold the story's policies and requests. */
export interface Examples {
  readonly policy: string;
  readonly request: string;
  readonly strictPolicy: string;
  readonly restart: string;
}

const SHIPPED: Examples = {
  policy: 'examples/policy.yaml',
  request: 'examples/request.yaml',
  strictPolicy: 'examples/two-stage-policy.yaml',
  restart: 'examples/restart-request.yaml',
};

/** The files in examples/; for a cast of other names, copies that name it. */
export async function examplesFor({ root, folder }: Setting, cast: Cast): Promise<Examples> {
  if (cast === LOCAL_CAST) return SHIPPED;
  const copy = async (file: keyof Examples, change: (object: KubernetesObject) => KubernetesObject) => {
    const path = join(folder, `${file}.yaml`);
    const objects = await readObjects(join(root, SHIPPED[file]));
    await writeFile(path, objects.map((object) => stringify(change(object))).join('---\n'));
    return path;
  };
  const policyOf = (name: string, more: object) => (object: KubernetesObject) => ({
    ...object,
    metadata: { ...object.metadata, name },
    spec: {
      ...(isJsonObject(object['spec']) && object['spec']),
      requesters: groupRefs(cast.developer),
      namespaces: { names: [cast.namespace] },
      ...more,
    },
  });
  const inNamespace = (object: KubernetesObject) => ({
    ...object,
    metadata: { ...object.metadata, namespace: cast.namespace },
  });
  const required = [cast.lead, cast.security].map((role) => ({ reviewers: groupRefs(role), count: 1 }));
  return {
    policy: await copy('policy', policyOf(cast.policy, {})),
    request: await copy('request', inNamespace),
    strictPolicy: await copy('strictPolicy', policyOf(cast.strictPolicy, { approval: { required, deadline: '2h' } })),
    restart: await copy('restart', inNamespace),
  };
}

function groupRefs({ groups }: Cast['developer']) {
  return groups.map((name) => ({ kind: 'Group', name }));
}
