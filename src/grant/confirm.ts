import { isManaged } from '../api/names.ts';
import type { Client } from '../runtime/client.ts';
import { ApiError, isApiError } from '../runtime/errors.ts';
import type { KubernetesObject, ObjectName, Resource } from '../runtime/object.ts';
import { pages } from '../runtime/pages.ts';
import type { Confirmation } from './plan.ts';

/**
 * Asks the API server whether what a plan rests on still holds.
 * @throws ApiError Conflict if it does not: try again, from what the stores will say by then.
 */
export async function confirm(client: Client, confirmation: Confirmation, signal: AbortSignal): Promise<void> {
  if (await holds(client, confirmation, signal)) return;
  throw new ApiError('Conflict', 'what the plan rests on has changed meanwhile');
}

async function holds(client: Client, confirmation: Confirmation, signal: AbortSignal): Promise<boolean> {
  const { resource } = confirmation;
  switch (confirmation.verb) {
    case 'confirmAbsent': {
      const found = await find(client, resource, confirmation.name, signal);
      if (found === undefined) return true;
      const { metadata } = found;
      if (confirmation.managed && !isManaged(metadata)) return true;
      return confirmation.uid !== undefined && metadata.uid !== confirmation.uid;
    }
    case 'confirmVersion': {
      const found = await find(client, resource, confirmation.name, signal);
      return found?.metadata.resourceVersion === confirmation.resourceVersion;
    }
    case 'confirmAll':
      return allUnchanged(client, resource, confirmation.versions, signal);
  }
}

async function find(
  client: Client,
  resource: Resource,
  name: ObjectName,
  signal: AbortSignal,
): Promise<KubernetesObject | undefined> {
  try {
    return await client.get(resource, name, { signal });
  } catch (error) {
    if (isApiError(error, 'NotFound')) return undefined;
    throw error;
  }
}

async function allUnchanged(
  client: Client,
  resource: Resource,
  versions: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<boolean> {
  let count = 0;
  for await (const { items } of pages(client, resource, { signal })) {
    if (items.some(({ metadata }) => versions.get(metadata.uid ?? '') !== metadata.resourceVersion)) return false;
    count += items.length;
  }
  return count === versions.size;
}
