import type { HttpClient } from '../../../src/runtime/http-client.ts';
import type { ObjectName, Resource } from '../../../src/runtime/object.ts';
import { isApiError } from '../../../src/runtime/errors.ts';
import { nameOf, type Part } from '../install/parts.ts';
import { until } from '../tools/until.ts';

/** How long what was deleted may take to be gone, in seconds: namespaces go last. */
const PATIENCE = 60;

/** Deletes objects, the last first, and resolves once they are gone. What is gone already is fine. */
export async function removeAll(client: HttpClient, parts: readonly Part[]): Promise<void> {
  const signal = AbortSignal.timeout(2 * PATIENCE * 1000);
  for (const { resource, object } of parts.toReversed()) await remove(client, resource, nameOf(object), signal);
  for (const { resource, object } of parts) {
    const name = nameOf(object);
    await until(
      async () => ((await isGone(client, resource, name, signal)) ? { found: true } : { miss: 'it is still there' }),
      { otherwise: `${resource.plural}/${name.name} is not gone`, seconds: PATIENCE, signal },
    );
  }
}

/** Deletes one object if it is there. */
export async function remove(
  client: HttpClient,
  resource: Resource,
  name: ObjectName,
  signal: AbortSignal,
): Promise<void> {
  try {
    const { metadata } = await client.get(resource, name, { signal });
    await client.delete(resource, name, { uid: metadata.uid ?? '', signal });
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error;
  }
}

async function isGone(client: HttpClient, resource: Resource, name: ObjectName, signal: AbortSignal): Promise<boolean> {
  try {
    await client.get(resource, name, { signal });
    return false;
  } catch (error) {
    if (isApiError(error, 'NotFound')) return true;
    throw error;
  }
}
