import { join } from 'node:path';
import type { KubernetesObject, Resource } from '../../../src/runtime/object.ts';
import { isApiError } from '../../../src/runtime/errors.ts';
import type { Person } from '../cluster/cluster.ts';
import { Discovery } from '../cluster/discovery.ts';
import { StoryError } from '../tools/failure.ts';
import { INSTALLED } from './install.ts';
import { readKustomization } from './kustomization.ts';
import type { Setting } from '../setting.ts';

/** One object of the installation, and where it lives. */
export interface Part {
  readonly resource: Resource;
  readonly object: KubernetesObject;
}

const SHOWN = 5;

/**
 * All that installing Daypass creates, for a cluster that has nothing of it.
 *
 * @throws StoryError where any of it is there: whose it is, and who relies on it, cannot be known
 */
export async function partsToInstall({ root, stop: { signal } }: Setting, { api }: Person): Promise<Part[]> {
  const discovery = new Discovery(api);
  const [parts, found]: [Part[], string[]] = [[], []];
  for (const object of await readKustomization(join(root, INSTALLED))) {
    const resource = await resourceOf(discovery, object, signal);
    parts.push({ resource, object });
    if (await isThere(api.client.get(resource, nameOf(object), { signal }))) {
      found.push(`${resource.plural}/${object.metadata.name}`);
    }
  }
  if (found.length === 0) return parts;
  const more = found.length > SHOWN ? `, and ${found.length - SHOWN} more` : '';
  throw new StoryError(
    `Daypass, or a part of it, is on this cluster already: ${found.slice(0, SHOWN).join(', ')}${more}.\n` +
      'It is left as it is: a second operator would get in its way, and removing everything at the end would remove it.\n' +
      'Use another cluster, or remove it first: README.md says how, under Uninstall',
  );
}

/** The name of an object, as the client wants it. */
export function nameOf({ metadata: { namespace, name = '' } }: KubernetesObject): { namespace?: string; name: string } {
  return namespace === undefined ? { name } : { namespace, name };
}

async function isThere(get: Promise<unknown>): Promise<boolean> {
  try {
    await get;
    return true;
  } catch (error) {
    if (isApiError(error, 'NotFound')) return false;
    throw error;
  }
}

async function resourceOf(discovery: Discovery, object: KubernetesObject, signal: AbortSignal): Promise<Resource> {
  try {
    return await discovery.resourceOf(object, signal);
  } catch (error) {
    if (!(error instanceof StoryError)) throw error;
    throw new StoryError(`${error.message}: Daypass on this machine needs Kubernetes 1.36 or newer`, { cause: error });
  }
}
