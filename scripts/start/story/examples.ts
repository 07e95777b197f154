import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { KubernetesObject } from '../../../src/runtime/object.ts';
import { isJsonObject } from '../../../src/runtime/merge-patch.ts';
import { type Cast, LOCAL_CAST } from './cast.ts';
import { readObjects } from '../install/kustomization.ts';
import type { Setting } from '../setting.ts';

/** Files that hold the story's policy and request. */
export interface Examples {
  readonly policy: string;
  readonly request: string;
}

const SHIPPED: Examples = { policy: 'examples/policy.yaml', request: 'examples/request.yaml' };

/** The files in examples/; for a cast of other names, copies that name it. */
export async function examplesFor({ root, folder }: Setting, cast: Cast): Promise<Examples> {
  if (cast === LOCAL_CAST) return SHIPPED;
  const copy = async (file: keyof Examples, change: (object: KubernetesObject) => KubernetesObject) => {
    const path = join(folder, `${file}.yaml`);
    const objects = await readObjects(join(root, SHIPPED[file]));
    await writeFile(path, objects.map((object) => stringify(change(object))).join('---\n'));
    return path;
  };
  return {
    policy: await copy('policy', (object) => ({
      ...object,
      metadata: { ...object.metadata, name: cast.policy },
      spec: {
        ...(isJsonObject(object['spec']) && object['spec']),
        requesters: cast.developer.groups.map((name) => ({ kind: 'Group', name })),
        namespaces: { names: [cast.namespace] },
      },
    })),
    request: await copy('request', (object) => ({
      ...object,
      metadata: { ...object.metadata, namespace: cast.namespace },
    })),
  };
}
