import type { Logger } from 'pino';
import { JOBS, ROLE_BINDINGS } from '../api/kubernetes.ts';
import { ANNOTATION, MANAGED_SELECTOR } from '../api/names.ts';
import type { Client } from '../runtime/client.ts';
import type { Clock } from '../runtime/clock.ts';
import { isApiError } from '../runtime/errors.ts';
import type { KubernetesObject, OwnerReference, Resource } from '../runtime/object.ts';
import { pages } from '../runtime/pages.ts';

/** What one sweep found and did. */
export interface SweepResult {
  readonly bindings: number;
  readonly overdue: number;
  readonly failed: number;
}

/**
 * The third line of defence, after the operator and the fuse, on a path of its own: one pass over
 * all managed bindings that deletes those whose end, by their own annotation, has come. An end
 * that cannot be read has come.
 * @throws ApiError if the bindings cannot be listed
 */
export async function sweep(
  client: Client,
  clock: Pick<Clock, 'now'>,
  log: Logger,
  signal: AbortSignal,
): Promise<SweepResult> {
  let [bindings, overdue, failed] = [0, 0, 0];
  for await (const { items } of pages(client, ROLE_BINDINGS, { labelSelector: MANAGED_SELECTOR, signal })) {
    for (const binding of items) {
      bindings += 1;
      if (!isOverdue(binding, clock.now())) continue;
      overdue += 1;
      if (!(await remove(client, binding, log, signal))) failed += 1;
    }
  }
  return { bindings, overdue, failed };
}

function isOverdue({ metadata }: KubernetesObject, now: Date): boolean {
  const end = Date.parse(metadata.annotations?.[ANNOTATION.expiresAt] ?? '');
  return Number.isNaN(end) || now.getTime() >= end;
}

async function remove(
  client: Client,
  { metadata }: KubernetesObject,
  log: Logger,
  signal: AbortSignal,
): Promise<boolean> {
  const { namespace = '', name = '', uid = '', ownerReferences = [] } = metadata;
  const fields = { namespace, name, expiresAt: metadata.annotations?.[ANNOTATION.expiresAt] };
  try {
    await deleteOne(client, ROLE_BINDINGS, { namespace, name, uid }, signal);
    for (const fuse of ownerReferences.filter(isJob))
      await deleteOne(client, JOBS, { namespace, name: fuse.name, uid: fuse.uid }, signal);
    log.warn(fields, 'an overdue grant was removed by the sweep');
    return true;
  } catch (error) {
    if (!isApiError(error)) throw error;
    log.error({ ...fields, err: error }, 'an overdue grant could not be removed');
    return false;
  }
}

interface Target {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

async function deleteOne(
  client: Client,
  resource: Resource,
  { namespace, name, uid }: Target,
  signal: AbortSignal,
): Promise<void> {
  try {
    await client.delete(resource, { namespace, name }, { uid, signal });
  } catch (error) {
    if (!isApiError(error, 'NotFound', 'Conflict')) throw error;
  }
}

function isJob({ kind }: OwnerReference): boolean {
  return kind === JOBS.kind;
}
