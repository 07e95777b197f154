import type { Client } from '../../runtime/client.ts';
import { isApiError } from '../../runtime/errors.ts';
import type { KubernetesObject, Resource } from '../../runtime/object.ts';

const PAGE = 500;

/** All objects of a kind, in all namespaces; none where the cluster does not serve the kind. */
export async function listAll(client: Client, resource: Resource, labelSelector = ''): Promise<KubernetesObject[]> {
  const objects: KubernetesObject[] = [];
  let token: string | undefined;
  try {
    do {
      const page = await client.list(resource, {
        labelSelector,
        limit: PAGE,
        ...(token === undefined ? {} : { continue: token }),
      });
      objects.push(...page.items);
      token = page.continue;
    } while (token !== undefined);
    return objects;
  } catch (error) {
    if (isApiError(error, 'NotFound')) return [];
    throw error;
  }
}
