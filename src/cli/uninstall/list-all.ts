import type { Client } from '../../runtime/client.ts';
import { isApiError } from '../../runtime/errors.ts';
import type { KubernetesObject, Resource } from '../../runtime/object.ts';
import { pages } from '../../runtime/pages.ts';

/** All objects of a kind, in all namespaces; none where the cluster does not serve the kind. */
export async function listAll(client: Client, resource: Resource, labelSelector = ''): Promise<KubernetesObject[]> {
  const objects: KubernetesObject[] = [];
  try {
    for await (const { items } of pages(client, resource, { labelSelector })) objects.push(...items);
    return objects;
  } catch (error) {
    if (isApiError(error, 'NotFound')) return [];
    throw error;
  }
}
