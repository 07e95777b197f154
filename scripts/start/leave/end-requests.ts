import { ACCESS_REQUESTS } from '../../../src/api/access-request.ts';
import { JOBS, ROLE_BINDINGS } from '../../../src/api/kubernetes.ts';
import { MANAGED_SELECTOR } from '../../../src/api/names.ts';
import type { HttpClient } from '../../../src/runtime/http-client.ts';
import type { KubernetesObject } from '../../../src/runtime/object.ts';
import { isApiError } from '../../../src/runtime/errors.ts';
import { nameOf } from '../install/parts.ts';
import { remove } from './remove.ts';
import { until } from '../tools/until.ts';

/** How long the operator may take to revoke everything, in seconds. */
const PATIENCE = 20;

/** How long all of it may take, in milliseconds. */
const LIMIT = 60_000;

/**
 * Deletes every request, so that every grant is revoked, and resolves once that is so. The operator
 * does the revoking; where it cannot any more, its objects and finalizers are taken away for it.
 */
export async function endRequests(client: HttpClient): Promise<void> {
  const signal = AbortSignal.timeout(LIMIT);
  const { resource } = ACCESS_REQUESTS;
  const requests = await listAll();
  for (const request of requests) await remove(client, resource, nameOf(request), signal);
  try {
    await until(async () => ((await listAll()).length === 0 ? { found: true } : { miss: 'some are left' }), {
      otherwise: 'the requests are not gone',
      seconds: PATIENCE,
      signal,
    });
  } catch {
    await revokeByHand(client, await listAll(), signal);
  }

  async function listAll(): Promise<KubernetesObject[]> {
    try {
      return (await client.list(resource, { signal })).items;
    } catch (error) {
      if (isApiError(error, 'NotFound')) return []; // the kind itself is not there
      throw error;
    }
  }
}

/** Bindings go first: they alone give access. */
async function revokeByHand(
  client: HttpClient,
  requests: readonly KubernetesObject[],
  signal: AbortSignal,
): Promise<void> {
  for (const kind of [ROLE_BINDINGS, JOBS]) {
    const { items } = await client.list(kind, { labelSelector: MANAGED_SELECTOR, signal });
    for (const item of items) await remove(client, kind, nameOf(item), signal);
  }
  for (const request of requests) {
    const { uid } = request.metadata;
    const patch = { metadata: { uid, finalizers: null } };
    try {
      await client.patch(ACCESS_REQUESTS.resource, nameOf(request), patch, { signal });
    } catch (error) {
      if (!isApiError(error, 'NotFound')) throw error;
    }
  }
}
