import { join } from 'node:path';
import { CUSTOM_RESOURCE_DEFINITIONS } from '../../../src/api/kubernetes.ts';
import type { KubernetesObject } from '../../../src/runtime/object.ts';
import { isJsonObject } from '../../../src/runtime/merge-patch.ts';
import type { Person } from '../cluster/cluster.ts';
import { Discovery } from '../cluster/discovery.ts';
import { StoryError } from '../tools/failure.ts';
import { kubectlAs } from '../tools/kubectl.ts';
import { readKustomization } from './kustomization.ts';
import type { Setting } from '../setting.ts';
import { firstChange } from '../cluster/watch.ts';

/** All but the operator itself. */
export const INSTALLED = 'deploy/local';

/** How long the API server may take to serve a new kind, in seconds. */
const PATIENCE = 60;

/** Installs Daypass as a user would, and resolves once its kinds are served. */
export async function install(setting: Setting, admin: Person): Promise<void> {
  const { terminal, root, folder, stop } = setting;
  const objects = await readKustomization(join(root, INSTALLED));
  const kubectl = kubectlAs(admin, { cache: join(folder, 'kubectl-cache'), root, signal: stop.signal });
  const args = ['apply', '-k', INSTALLED];
  if (setting.kubectl) terminal.typed(admin.name, kubectl.typed(args));
  else
    terminal.note(
      `There is no kubectl on PATH: what it would apply from ${INSTALLED} is created over the API instead.`,
    );
  await terminal.during(
    'installing Daypass',
    (async () => {
      if (setting.kubectl) await run(() => kubectl.run(args));
      else await createAll(admin, objects, stop.signal);
      await Promise.all(objects.filter(isCrd).map((crd) => established(admin, crd, stop.signal)));
    })(),
    (_, took) => `Daypass is installed: ${objects.length} objects, no webhook, no certificates (${took})`,
  );
}

async function run(command: () => Promise<{ code: number | null; stderr: string }>): Promise<void> {
  const { code, stderr } = await command();
  if (code !== 0) throw new StoryError(`Daypass could not be installed: ${stderr}`);
}

/** Creates them one after the other: a namespace comes before what is in it. */
async function createAll({ api }: Person, objects: readonly KubernetesObject[], signal: AbortSignal): Promise<void> {
  const discovery = new Discovery(api);
  for (const object of objects) {
    await api.client.create(await discovery.resourceOf(object, signal), object, { signal });
  }
}

function isCrd({ kind }: KubernetesObject): boolean {
  return kind === CUSTOM_RESOURCE_DEFINITIONS.kind;
}

async function established({ api }: Person, { metadata }: KubernetesObject, signal: AbortSignal): Promise<void> {
  const otherwise = `${metadata.name} is not served`;
  await firstChange(
    api.client,
    CUSTOM_RESOURCE_DEFINITIONS,
    {},
    ({ object }) => object.metadata.name === metadata.name && isEstablished(object),
    { otherwise, seconds: PATIENCE, signal },
  );
}

function isEstablished({ status }: KubernetesObject): boolean {
  const conditions: unknown = isJsonObject(status) ? status['conditions'] : undefined;
  return (
    Array.isArray(conditions) &&
    conditions.some((each) => isJsonObject(each) && each['type'] === 'Established' && each['status'] === 'True')
  );
}
