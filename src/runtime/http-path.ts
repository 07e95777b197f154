import type { Selection } from './client.ts';
import { ApiError } from './errors.ts';
import { apiVersionOf, type Resource } from './object.ts';

/**
 * The path of a collection, or with `name` of one object in it, below the server's own path. Names
 * keep their case and are percent-encoded: RBAC's may hold `:` and much else.
 */
export function pathOf(
  resource: Resource,
  { namespace, name }: { namespace?: string; name?: string },
  subresource?: 'status',
): string {
  const segments = [resource.group === '' ? 'api' : 'apis', ...apiVersionOf(resource).split('/')];
  if (namespace !== undefined) segments.push('namespaces', segmentOf('namespace', namespace));
  segments.push(resource.plural);
  if (name !== undefined) {
    if (resource.namespaced && namespace === undefined) {
      throw new ApiError('Invalid', `${resource.plural} ${JSON.stringify(name)}: a namespace is needed`);
    }
    segments.push(segmentOf('name', name));
  }
  if (subresource) segments.push(subresource);
  return `/${segments.join('/')}`;
}

/** What a URL ends with; parameters that are undefined are left out. */
export function queryOf(parameters: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) query.set(name, String(value));
  return query.size === 0 ? '' : `?${query.toString()}`;
}

/** The part of a query that selects objects. */
export function selectionQuery({ labelSelector }: Selection): { labelSelector?: string } {
  return labelSelector ? { labelSelector } : {};
}

function segmentOf(what: string, text: string): string {
  // These would name another place. No valid name is among them.
  if (text === '' || text === '.' || text === '..' || text.includes('/')) {
    throw new ApiError('Invalid', `not a ${what}: ${JSON.stringify(text)}`);
  }
  return encodeURIComponent(text);
}
